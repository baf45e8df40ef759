import { parentPort, workerData } from 'node:worker_threads'

import { Mailbox } from '../../../src/lockfree/mailbox.ts'
import { Slab } from '../../../src/lockfree/slab.ts'
import { Arena } from '../../../src/memory/arena.ts'
import { add, load, replace, wait } from '../../../src/memory/atomics.ts'
import { LINE } from '../../../src/memory/layout.ts'
import { meet } from '../../support/meet.ts'

const MEET = Arena.start
const HEADS = MEET + LINE
const FREED = HEADS + LINE
const BOXES = FREED + LINE
export const END: number = BOXES + 4 * LINE
const [LINK, IN_USE, STAMP] = [0, 1, 2]
/** Records that are out at the same time, at most. */
const FLIGHT = 300

export interface Data {
  readonly memory: WebAssembly.Memory
  /** 0 owns the slab; the others free what it sends them. */
  readonly index: number
  readonly others: number
  readonly records: number
}

export interface Report {
  readonly carved: number
  /** Records that the slab had at the end before it carved again. */
  readonly free: number
  readonly fault: string
}

function main({ memory, index, others, records }: Data): Report {
  const arena = new Arena(memory)
  const slab = new Slab(arena, HEADS, 32, LINK, 16)
  const boxes = Array.from({ length: others + 1 }, (_, i) => new Mailbox(arena, BOXES + i * LINE, LINK))
  let carved = 0
  let fault = ''
  meet(arena.words, MEET, others + 1)

  /** Lets others have the core while nothing is freed. */
  const rest = (): void => wait(arena.words, FREED, load(arena.words, FREED), 1)

  const give = (): number => {
    const prepare = (): void => void carved++
    for (let n = 0; n < records; n++) {
      while (n - load(arena.words, FREED) >= FLIGHT) rest()
      const record = slab.allocate(prepare)
      if (!replace(arena.words, record + IN_USE, 0, 1)) fault = `record ${record} was given twice`
      arena.words[record + STAMP] = n
      if (n % 5 === 0) {
        if (!replace(arena.words, record + IN_USE, 1, 0)) fault = `record ${record} was freed twice`
        add(arena.words, FREED, 1)
        slab.free(record)
      } else boxes[1 + (n % others)]!.send(record)
    }
    while (load(arena.words, FREED) < records) rest()
    // The last remote free is counted after it has happened.
    const { used } = arena
    let free = 0
    for (; arena.used === used; free++) slab.allocate(prepare)
    carved -= 16
    return free - 1
  }

  const back = (): number => {
    while (load(arena.words, FREED) < records) {
      if (!boxes[index]!.holds()) rest()
      boxes[index]!.take(record => {
        if (arena.words[record + STAMP]! % others !== index - 1) fault = `record ${record} of another`
        if (!replace(arena.words, record + IN_USE, 1, 0)) fault = `record ${record} was freed twice`
        slab.freeRemotely(record)
        add(arena.words, FREED, 1)
      })
    }
    return 0
  }

  const free = index === 0 ? give() : back()
  return { carved, free, fault }
}

if (parentPort !== null && workerData !== null) parentPort.postMessage(main(workerData as Data))
