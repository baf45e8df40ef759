import { after, type Handle, spawn, task, yieldNow } from 'filch'

const say = (gate: Int32Array): void => {
  Atomics.add(gate, 0, 1)
  Atomics.notify(gate, 0)
}

export const endless = task((gate: Int32Array): never => {
  say(gate)
  for (;;) yieldNow()
})

/** Heeds nobody. */
export const stubborn = task((gate: Int32Array): never => {
  say(gate)
  for (;;) Atomics.load(gate, 0)
})

/** Both sides are for ever: the one on another worker sees the end first, perhaps. */
export const forkedEndless = task((gate: Int32Array): number => {
  const other = endless.fork(gate)
  try {
    return endless(gate)
  } finally {
    endless.join(other)
  }
})

const add = task((n: number): number => n + 1)
const fails = task((what: string): number => {
  throw new RangeError(what)
})

/** What the first waits for is there when the second fails, or shortly after. */
export const endsAndFails = task(function* (n: number) {
  const first = spawn(add, n)
  spawn(fails, `child ${n}`)
  spawn(add, n)
  return (yield* first.join()) + (yield* spawn(forever).join())
})
const forever = task((): number => {
  for (;;) yieldNow()
})

export const waitsForEver = task(function* () {
  yield* after(2 ** 30)
})

const seven = task(() => 7)
const joins = task(function* (handle: Handle<number>) {
  return yield* handle.join()
})
/** Each handle is sent when its task has ended and its record is in another use. */
export const sendsEnded = task(function* (count: number) {
  let sum = 0
  for (let i = 0; i < count; i++) {
    const handle = spawn(seven)
    yield* handle.join()
    sum += yield* spawn(joins, handle).join()
  }
  return sum
})
