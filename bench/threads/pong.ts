import { parentPort, workerData } from 'node:worker_threads'

/** A bare thread that answers, without any library: what the platform itself can do. */
export type Mode = 'block' | 'spin' | 'message'

/** Words: whose turn it is, counting up. Bytes: where the thread stamps the time at which it saw a question. */
export const TURN = 0
export const STAMP = 64
/** A turn that ends the thread. */
export const STOP = -1

export interface Given {
  readonly words: Int32Array
  readonly mode: Mode
}

function serve({ words, mode }: Given): void {
  const stamp = new BigInt64Array(words.buffer, STAMP, 1)
  // The first turn, and not what the word holds now: the first question may have come already.
  let mine = 0
  for (;;) {
    let turn = Atomics.load(words, TURN)
    while (turn === mine) {
      if (mode === 'block') Atomics.wait(words, TURN, mine)
      turn = Atomics.load(words, TURN)
    }
    if (turn === STOP) return
    stamp[0] = process.hrtime.bigint()
    mine = turn + 1
    Atomics.store(words, TURN, mine)
    if (mode === 'block') Atomics.notify(words, TURN)
  }
}

if (parentPort !== null && workerData !== null) {
  const given = workerData as Given
  const port = parentPort
  port.postMessage('ready')
  if (given.mode === 'message') port.on('message', value => port.postMessage(value))
  else serve(given)
}
