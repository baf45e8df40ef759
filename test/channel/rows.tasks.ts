import { getHeapStatistics } from 'node:v8'

import {
  after,
  channel,
  type DisconnectedError,
  join,
  type Receiver,
  select,
  type Sender,
  spawn,
  spawnWith,
  task,
  workerIndex,
} from 'filch'

/** Programs of tasks that tell each other things. A message of many senders is who sent it and its number. */
export type Numbered = readonly [who: number, count: number]

const supply = task(function* (to: Sender<Numbered>, who: number, count: number) {
  for (let i = 0; i < count; i++) yield* to.send([who, i])
})

/** What arrives of `senders` tasks, `each` of them so many, in the order of arrival. */
export const gather = task(function* (senders: number, each: number, capacity: number | undefined) {
  const [to, from] = channel<Numbered>(capacity === undefined ? {} : { capacity })
  for (let who = 0; who < senders; who++) spawn(supply, to, who, each)
  to.close()
  const arrived: Numbered[] = []
  yield* from.forEach(message => arrived.push(message))
  return arrived
})

/** Sends an object, and tries to change it and a typed array in it before anybody has received them. */
export const changesWhatItSent = task(function* () {
  const [to, from] = channel<{ list: number[]; bytes: Uint8Array }>()
  const list = [1, 2]
  const bytes = new Uint8Array([1, 2])
  yield* to.send({ list, bytes })
  try {
    list.push(3)
  } catch {}
  bytes[0] = 9
  const message = yield* from.receive()
  return [message.list.length, ...message.bytes]
})

/** Sends where it runs, which is elsewhere if it was stolen. */
const sendWhere = task((to: Sender<number>, gate: Int32Array): number => {
  Atomics.store(gate, 0, 1)
  Atomics.notify(gate, 0)
  to.send(workerIndex())
  return workerIndex()
})
const forksASend = task((to: Sender<number>, gate: Int32Array): number => {
  const forked = sendWhere.fork(to, gate)
  // Until it was stolen.
  while (Atomics.load(gate, 0) === 0) Atomics.wait(gate, 0, 0)
  return sendWhere.join(forked)
})
export const sendsFromElsewhere = task(function* (gate: Int32Array) {
  const [to, from] = channel<number>()
  const where = forksASend(to, gate)
  const sent = yield* from.receive()
  return [sent === where, where !== workerIndex()]
})

/** The first stage has a thread of its own and blocks, the second waits without a stack. */
export const numbers = task((to: Sender<number>, count: number): void => {
  for (let i = 0; i < count; i++) join(to.send(i))
})
export const squares = task(function* (from: Receiver<number>, to: Sender<number>) {
  yield* from.forEach(n => void to.trySend(n * n))
})
export const blocksInReceive = task((from: Receiver<number>): number => {
  let sum = 0
  try {
    for (;;) sum += join(from.receive())
  } catch {
    return sum
  }
})

/** A listener, a source and a conversation: ends are arguments like others. */
const echo = task(function* (from: Receiver<string>, to: Sender<string>) {
  yield* from.forEach(text => void to.trySend(`${text}!`))
})
export const converses = task(function* (words: readonly string[]) {
  const [ask, asked] = channel<string>()
  const [answer, answered] = channel<string>()
  spawn(echo, asked, answer)
  answer.close()
  const heard: string[] = []
  for (const word of words) {
    yield* ask.send(word)
    heard.push(yield* answered.receive())
  }
  ask.close()
  return heard
})

/** `rounds` messages there and back, between two tasks. */
const back = task(function* (from: Receiver<number>, to: Sender<number>) {
  yield* from.forEach(n => void to.trySend(n + 1))
})
export const pingPong = task(function* (rounds: number, on: number) {
  const [ping, pinged] = channel<number>()
  const [pong, ponged] = channel<number>()
  spawnWith({ on }, back, pinged, pong)
  let n = 0
  for (let i = 0; i < rounds; i++) {
    yield* ping.send(n)
    n = yield* ponged.receive()
  }
  ping.close()
  return n
})

/** What is what: bounded, rendezvous, `select`, the ends of it. */
export const kinds = task(function* () {
  const seen: unknown[] = []
  const [bounded, boundedEnd] = channel<number>({ capacity: 2 })
  seen.push([bounded.trySend(1), bounded.trySend(2), bounded.trySend(3)])
  seen.push([boundedEnd.tryReceive(), bounded.trySend(4)])
  const [meet, met] = channel<string>({ capacity: 0 })
  seen.push(meet.trySend('nobody'))
  const sent = spawn(sendOne, meet)
  seen.push(yield* met.receive())
  yield* sent.join()
  const [, never] = channel<number>()
  const timed = yield* select(never.receive(), after(1))
  seen.push(timed.index)
  const either = yield* select(never.receive(), boundedEnd.receive())
  seen.push([either.index, either.value])
  bounded.close()
  seen.push(yield* boundedEnd.receive())
  for (const act of [() => boundedEnd.tryReceive(), () => orphan().send('back')]) {
    try {
      void act()
    } catch (error) {
      seen.push([(error as Error).name, (error as DisconnectedError).value])
    }
  }
  return seen
})
const sendOne = task(function* (to: Sender<string>) {
  yield* to.send('met')
})
function orphan(): Sender<string> {
  const [to, from] = channel<string>()
  from.close()
  return to
}

/** Bytes that the heap of this thread grows by in `count` numbers sent and received. */
export const growth = task((count: number): number => {
  const [to, from] = channel<number>({ capacity: 64 })
  const pass = (times: number): number => {
    let sum = 0
    for (let i = 0; i < times; i += 16) {
      for (let j = 0; j < 16; j++) to.trySend(i + j)
      for (let j = 0; j < 16; j++) sum += from.tryReceive(0)
    }
    return sum
  }
  for (let i = 0; i < 40; i++) pass(10_000)
  let least = Infinity
  for (let round = 0; round < 5; round++) {
    const before = getHeapStatistics().used_heap_size
    pass(count)
    const bytes = getHeapStatistics().used_heap_size - before
    if (bytes >= 0) least = Math.min(least, bytes)
  }
  return least
})

/** Who runs before whom on one worker: each takes a number. */
const takesNumber = task((order: Int32Array): void => {
  order[2] = ++order[0]!
})
const receivesAndTakes = task(function* (from: Receiver<number>, ready: Sender<number>, order: Int32Array) {
  ready.trySend(1)
  yield* from.receive()
  order[1] = ++order[0]!
})
export const handsOff = task(function* (order: Int32Array) {
  const [to, from] = channel<number>()
  const [ready, isReady] = channel<number>()
  const waiting = spawn(receivesAndTakes, from, ready, order)
  // It goes on until it waits; then this does.
  yield* isReady.receive()
  // Queued before the message was sent.
  const queued = spawn(takesNumber, order)
  to.trySend(1)
  yield* waiting.join()
  yield* queued.join()
})
