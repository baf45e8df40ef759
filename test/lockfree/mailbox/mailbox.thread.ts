import { parentPort, workerData } from 'node:worker_threads'

import { Mailbox } from '../../../src/lockfree/mailbox.ts'
import { Arena } from '../../../src/memory/arena.ts'
import { add, load, notify, wait } from '../../../src/memory/atomics.ts'
import { LINE } from '../../../src/memory/layout.ts'
import { meet } from '../../support/meet.ts'

const MEET = Arena.start
const HEAD = MEET + LINE
/** The senders' own inboxes, to which the receiver returns their records. */
const BACK = HEAD + LINE
/** For each thread, a word that counts what it was told of. */
const BELLS = BACK + 4 * LINE
export const END: number = BELLS + 4 * LINE
const [LINK, SENDER, NUMBER] = [0, 1, 2]
/** Records that a sender has in flight: few enough to be used again and again, which is where ABA would bite. */
const FLIGHT = 50

export interface Data {
  readonly memory: WebAssembly.Memory
  /** 0 receives; the others send. */
  readonly index: number
  readonly senders: number
  readonly records: number
}

export interface Report {
  readonly taken: number[]
  readonly fault: string
}

function main({ memory, index, senders, records }: Data): Report {
  const arena = new Arena(memory)
  const box = new Mailbox(arena, HEAD, LINK)
  const back = Array.from({ length: senders + 1 }, (_, i) => new Mailbox(arena, BACK + i * LINE, LINK))
  const taken = Array.from({ length: senders }, () => 0)
  let fault = ''
  meet(arena.words, MEET, senders + 1)

  /** Sends, and tells the receiver if it may not know. */
  const tell = (mailbox: Mailbox, record: number, thread: number): void => {
    if (!mailbox.send(record)) return
    add(arena.words, BELLS + thread * LINE, 1)
    notify(arena.words, BELLS + thread * LINE, 1)
  }
  /** Lets others have the core until there is something. */
  const rest = (mailbox: Mailbox): void => {
    const rung = load(arena.words, BELLS + index * LINE)
    if (!mailbox.holds()) wait(arena.words, BELLS + index * LINE, rung, 20_000)
  }

  const send = (): void => {
    const own: number[] = []
    let made = 0
    for (let n = 0; n < records;) {
      // Some are made while others run, so that the memory grows and addresses lie beyond the receiver's view.
      const record = own.pop() ?? (made < FLIGHT ? (made++, arena.allocate(made % 10 === 0 ? 10_000 : 32)) : 0)
      if (record === 0) {
        rest(back[index]!)
        back[index]!.take(record => void own.push(record))
        continue
      }
      arena.words[record + SENDER] = index
      arena.words[record + NUMBER] = n++
      tell(box, record, 0)
    }
  }

  const receive = (): void => {
    while (taken.some(count => count < records)) {
      rest(box)
      box.take(record => {
        const sender = arena.words[record + SENDER]!
        const expected = taken[sender - 1]
        if (expected !== arena.words[record + NUMBER]) fault = `sender ${sender}: not ${expected}`
        taken[sender - 1]!++
        tell(back[sender]!, record, sender)
      })
    }
  }

  if (index === 0) receive()
  else send()
  return { taken, fault }
}

if (parentPort !== null && workerData !== null) parentPort.postMessage(main(workerData as Data))
