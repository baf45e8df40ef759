import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import {
  after,
  channel,
  type Receiver,
  select,
  type Selected,
  type Sender,
  spawn,
  spawnWith,
  task,
  type Wait,
} from 'filch'

type Numbers = Sender<number>
type Capacity = number | undefined
const options = (capacity: Capacity): { capacity?: number } => (capacity === undefined ? {} : { capacity })

/** Sends `[who, 0]` to `[who, n - 1]`, waiting where it must. */
export const mark = task(function* (to: Sender<readonly [number, number]>, who: number, n: number) {
  for (let i = 0; i < n; i++) yield* to.send([who, i])
})
export const supply = task(function* (to: Numbers, from: number, n: number) {
  for (let i = from; i < from + n; i++) yield* to.send(i)
})
export const sum = task(function* (from: Receiver<number>) {
  let total = 0
  yield* from.forEach(i => (total += i))
  return total
})
/** All that comes, and with what it ended. */
export const collect = task(function* (from: Receiver<unknown>) {
  const all: unknown[] = []
  try {
    for (;;) all.push(yield* from.receive())
  } catch (error) {
    return [all, (error as Error).name] as const
  }
})
/** Numbers of `senders` tasks, each in its order: what came out of order, and how many. */
export const funnel = task(function* (senders: number, n: number, capacity: Capacity) {
  const [sender, receiver] = channel<readonly [number, number]>(options(capacity))
  for (let who = 0; who < senders; who++) spawn(mark, sender, who, n)
  sender.close()
  const next = Array.from({ length: senders }, () => 0)
  let wrong = 0
  const count = yield* receiver.forEach(([who, i]) => (wrong += next[who]!++ === i ? 0 : 1))
  return [count, wrong]
})
/** Sends to the next in a ring, so that whoever receives has seen all that came before. */
const relay = task(function* (from: Receiver<number>, to: Numbers, all: Numbers, n: number) {
  for (let i = 0; i < n; i++) {
    const token = yield* from.receive()
    yield* all.send(token)
    if (token < 3 * n - 1) yield* to.send(token + 1)
  }
})
/** Three tasks hand a token round, and each reports it before: the reports come in the token's order, whoever sent them. */
export const causal = task(function* (n: number, capacity: Capacity): Generator<Wait<unknown>, boolean> {
  const [all, reports] = channel<number>(options(capacity))
  const ring = Array.from({ length: 3 }, () => channel<number>())
  ring.forEach(([, receiver], i) => void spawn(relay, receiver, ring[(i + 1) % 3]![0], all, n))
  ring[0]![0].send(0)
  all.close()
  for (const [sender] of ring) sender.close()
  for (let i = 0; i < 3 * n; i++) if ((yield* reports.receive()) !== i) return false
  return true
})
/** A server that answers on the channel that comes with each question. */
const serve = task(function* (questions: Receiver<{ n: number; answer: Numbers }>) {
  yield* questions.forEach(({ n, answer }) => {
    answer.trySend(n * n)
    answer.close()
  })
})
export const ask = task(function* (n: number) {
  const [questions, receiver] = channel<{ n: number; answer: Numbers }>()
  spawn(serve, receiver)
  let total = 0
  for (let i = 0; i < n; i++) {
    const [answer, mine] = channel<number>({ capacity: 1 })
    questions.send({ n: i, answer })
    answer.close()
    total += yield* mine.receive()
    // The server has closed its sender too.
    yield* ended(mine)
  }
  questions.close()
  return total
})
export function* ended(from: Receiver<unknown>): Generator<Wait<unknown>, void> {
  try {
    yield* from.receive()
  } catch {
    return
  }
  throw new Error('it goes on')
}
/** The receiver takes one and goes to another task, and so on. */
export const pass = task(function* (from: Receiver<number>, times: number): Generator<Wait<unknown>, number[]> {
  const first = yield* from.receive()
  if (times === 1) return [first]
  return [first, ...(yield* spawn(pass, from, times - 1).join())]
})
/** Makes a channel and returns the receiver, with three messages in it. */
export const make = task(() => {
  const [sender, receiver] = channel<number>()
  for (let i = 1; i <= 3; i++) sender.send(i)
  return receiver
})
export const made = task(function* () {
  const receiver = yield* spawn(make).join()
  const [all] = yield* spawn(collect, receiver).join()
  return all
})
/** What `send` throws once the receiver is gone. */
export const refused = task(function* (capacity: Capacity, waits: boolean) {
  const [sender, receiver] = channel<{ n: number }>(options(capacity))
  const value = { n: 7 }
  if (!waits) receiver.close()
  else spawn(takeAndGo, receiver)
  try {
    for (;;) {
      yield* sender.send(value)
      // A send that need not wait does not give way.
      if (capacity === undefined) yield* after(1)
    }
  } catch (error) {
    const { name, value: back } = error as Error & { value: unknown }
    return [name, back === value]
  }
})
const takeAndGo = task(function* (from: Receiver<unknown>) {
  yield* from.receive()
})
const fails = task(function* (end: Numbers | Receiver<number>) {
  yield* after(5)
  throw new Error(end.constructor.name)
})
/** Waits for a channel whose other end is held by a task that fails, is killed, or ends. */
export const forsaken = task(function* (how: 'fails' | 'killed' | 'ends' | 'dropped', capacity: Capacity) {
  const [sender, receiver] = channel<number>(options(capacity))
  if (how === 'fails') spawnWith({ supervised: true }, fails, sender)
  else if (how === 'ends') spawn(supply, sender, 0, 0)
  else if (how === 'dropped') {
    // In a message that nobody will read.
    const [other, unread] = channel<Numbers>()
    other.send(sender)
    unread.close()
  } else spawnWith({ supervised: true }, idle, sender).kill('no more')
  sender.close()
  yield* ended(receiver)
  return 'told'
})
export const idle = task(function* (_end: unknown) {
  yield* after(100_000)
})
/** Two channels and a time: what `select` has, in their order; nothing is lost in those that were not first. */
export const choose = task(function* (n: number) {
  const [a, fromA] = channel<number>()
  const [b, fromB] = channel<number>({ capacity: 2 })
  spawn(supply, a, 0, n)
  spawn(supply, b, 1_000_000, n)
  const got = [[], [], []] as number[][]
  for (let open = 2 * n; open > 0; open--) {
    const { index, value } = yield* select(fromA.receive(), fromB.receive(), after(100_000))
    got[index]!.push(Number(value))
  }
  return got.map((numbers, i) => numbers.length === [n, n, 0][i] && numbers.every((x, k) => x === i * 1_000_000 + k))
})
/** A send that is not chosen sends nothing. */
export const chooseSend = task(function* (capacity: number): Generator<Wait<unknown>, unknown> {
  const [sender, receiver] = channel<number>({ capacity })
  const [other, fromOther] = channel<string>()
  if (capacity > 0) for (let i = 0; i < capacity; i++) yield* sender.send(-1)
  other.send('first')
  const first: Selected<[Wait<void>, Wait<string>]> = yield* select(sender.send(1), fromOther.receive())
  for (let i = 0; i < capacity; i++) yield* receiver.receive()
  const left = receiver.tryReceive('nothing')
  return [first.index, first.value, left]
})
export const tries = task((capacity: number) => {
  const [sender, receiver] = channel<number>({ capacity })
  const done = [sender.trySend(1), sender.trySend(2), sender.trySend(3)]
  const got = [receiver.tryReceive(), receiver.tryReceive(), receiver.tryReceive()]
  return [done, got]
})
/** A receiver that is sent away is of no use; a sender is. */
export const moved = task(function* () {
  const [sender, receiver] = channel<number>()
  const handle = spawn(sum, receiver)
  const faults: string[] = []
  try {
    receiver.tryReceive()
  } catch (error) {
    faults.push((error as { code: string }).code)
  }
  sender.send(5)
  sender.close()
  try {
    sender.send(6)
  } catch (error) {
    faults.push((error as { code: string }).code)
  }
  return [yield* handle.join(), faults]
})
/** What cannot cross leaves all as it was: also the receiver that was in the same message. */
export const unsendable = task(function* () {
  const [sender, receiver] = channel<unknown>()
  const [inner, moving] = channel<number>()
  let message = ''
  try {
    sender.send([moving, inner, () => {}])
  } catch (error) {
    ;({ message } = error as Error)
  }
  inner.send(3)
  const still = moving.tryReceive()
  sender.close()
  yield* ended(receiver)
  inner.close()
  yield* ended(moving)
  return [message, still]
})
/** Many messages of all kinds, as they were sent. */
export const mixed = task(function* (values: readonly unknown[], capacity: Capacity) {
  const [sender, receiver] = channel<unknown>(options(capacity))
  spawn(supplyAny, sender, values)
  sender.close()
  return (yield* spawn(collect, receiver).join())[0]
})
const supplyAny = task(function* (to: Sender<unknown>, values: readonly unknown[]) {
  for (const value of values) yield* to.send(value)
})
/** Two tasks on one worker, one message at a time. */
export const turns = task(function* (n: number) {
  const [here, fromThere] = channel<number>()
  const [there, fromHere] = channel<number>()
  spawnWith({ on: 0 }, echo, fromHere, here)
  here.close()
  for (let i = 0; i < n; i++) {
    there.send(i)
    if ((yield* fromThere.receive()) !== i) return false
  }
  there.close()
  yield* ended(fromThere)
  return true
})
const echo = task(function* (from: Receiver<number>, to: Numbers) {
  yield* from.forEach(i => void to.send(i))
})
/** Naps of different length, each in a task of its own: those that were shorter than that. */
export const naps = task(function* (lengths: readonly number[]) {
  const [sender, receiver] = channel<number>()
  for (const ms of lengths) spawn(napThen, sender, ms)
  sender.close()
  const [ended] = yield* spawn(collect, receiver).join()
  return [ended.length, ended.filter(took => Number(took) < 0)]
})
const napThen = task(function* (to: Numbers, ms: number) {
  const before = performance.now()
  yield* after(ms)
  to.send(performance.now() - before - ms)
})
/** Ends its own thread once it holds an end. */
export const dies = task(function* (end: Numbers | Receiver<number>, cell: Int32Array) {
  yield* after(2)
  if (Atomics.add(cell, 0, 1) === 0) process.exit(3)
  return end.constructor.name
})
/** Sends for as long as it can, and ends its thread in the middle. */
export const diesSending = task((to: Numbers, n: number) => {
  for (let i = 0; i < n; i++) to.send(i)
  process.exit(3)
})

/** Sends each number by a rendezvous that gives up again and again: it arrives once, and only if `select` says so. */
export const insist = task(function* (to: Sender<number>, n: number) {
  let given = 0
  for (let i = 0; i < n; i++) {
    for (let tries = 1; ; tries++) {
      const { index } = yield* select(to.send(i), after(0.05 * tries))
      if (index === 0) break
      given++
    }
  }
  return given
})

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

/** Makes, closes and sends ends, as a task does that lives long: how many of them it still has, of how many. */
export const closes = task(function* (count: number) {
  const ends: WeakRef<object>[] = []
  const make = (): void => {
    const [sender, receiver] = channel<Receiver<number>>()
    const [, sent] = channel<number>()
    const clone = sender.clone()
    for (const end of [sender, receiver, clone, sent]) ends.push(new WeakRef(end))
    sender.send(sent)
    for (const end of [sender, receiver, clone]) end.close()
  }
  for (let i = 0; i < count; i++) make()
  for (let i = 0; i < 3; i++) {
    yield* after(5)
    gc()
  }
  return [ends.filter(end => end.deref() !== undefined).length, ends.length]
})

const same = task((n: number) => n)
/** So many channels at once, among as many tasks: what comes out of them, less what went in. */
export const crowd = task(function* (count: number) {
  let wrong = 0
  const all = Array.from({ length: count }, () => channel<number>())
  const handles = all.map((_, i) => spawn(same, i))
  for (const [i, [sender]] of all.entries()) sender.send(i)
  for (const [i, [, receiver]] of all.entries()) wrong += Number((yield* receiver.receive()) !== i)
  for (const [i, handle] of handles.entries()) wrong += Number((yield* handle.join()) !== i)
  return wrong
})

export const exits = task(() => process.exit(3))

/** Asks for messages that are not its own any more: of a receiver that is closed, or was sent away. How it ends, and what another channel still has. */
export const asksTooLate = task(function* (how: 'used' | 'closed' | 'sent', capacity: Capacity) {
  const [sender, receiver] = channel<number>(options(capacity))
  let late = receiver.receive()
  if (how === 'used') {
    spawn(supply, sender, 0, 1)
    yield* late
  }
  const heir = how === 'sent' ? spawnWith({ supervised: true }, counts, receiver) : undefined
  if (how !== 'sent') receiver.close()
  sender.close()
  if (how !== 'sent') yield* after(1)
  // Perhaps with the record of that one.
  const [to, from] = channel<number>(options(capacity))
  const supplier = spawn(supply, to, 1, 50)
  to.close()
  let end = 'got one'
  try {
    if (how === 'used') late = receiver.receive()
    yield* late
  } catch (error) {
    end = (error as { code: string }).code
  }
  let sum = 0
  yield* from.forEach(n => (sum += n))
  yield* supplier.join()
  if (heir !== undefined) yield* heir.join()
  return [end, sum] as const
})
const counts = task(function* (from: Receiver<number>) {
  return yield* from.forEach(() => {})
})

/** Receives what is all there. */
export const insatiable = task(function* (from: Receiver<number>, shared: Int32Array) {
  for (let i = 0; i < 3_000_000; i++) {
    yield* from.receive()
    Atomics.store(shared, 0, 1)
  }
})
