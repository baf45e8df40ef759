import { type Handle, join, KilledError, spawn, spawnWith, task, type Wait, workerIndex, yieldNow } from 'filch'

export const next = task((n: number): number => n + 1)
const bump = task((): number => Atomics.add(counter, 0, 1))
const counter = new Int32Array(1)

/** Spawns so many that none begins before this says how many slots of the pool are in use. */
export const many = task((count: number, slots: Int32Array, ready: Int32Array): number => {
  const handles = Array.from({ length: count }, (_, i) => spawn(next, i))
  Atomics.store(ready, 0, 1)
  Atomics.notify(ready, 0)
  Atomics.wait(slots, 0, 0)
  return handles.reduce((sum, handle) => sum + join(handle), 0)
})

/** Each child spawns and joins the next. */
export const endless = task((n: number): number => join(spawn(endless, n + 1)) + 1)

/** What becomes of children that are killed before they begin. */
export const killed = task(function* () {
  const sofar = counter[0]!
  const children = Array.from({ length: 50 }, () => spawnWith({ supervised: true }, bump))
  const before = new Set(children.map(({ status }) => status))
  for (const child of children) child.kill('not wanted')
  const after = new Set(children.map(({ status }) => status))
  const reasons: unknown[] = []
  for (const child of children) {
    const outcome = yield* child.result()
    if (!outcome.ok) reasons.push(outcome.error instanceof KilledError && outcome.error.reason)
  }
  const names = new Set(children.map(({ name }) => name.includes('calls.tasks')))
  return { before, after, reasons: new Set(reasons), count: reasons.length, names, begun: counter[0]! - sofar }
})

/** A child that is killed and not waited for fails its parent. */
export const killedUnheard = task(function* (): Generator<Wait<unknown>, number> {
  spawn(next, 1).kill('unheard')
  return yield* spawn(next, 1).join()
})

/** Others that have the handle of one that has not begun. */
const joins = task(function* (handle: Handle<number>): Generator<Wait<unknown>, number> {
  return yield* handle.join()
})
const kills = task((handle: Handle<number>): number => {
  handle.kill('from afar')
  return workerIndex()
})
export const sent = task(function* (on: number): Generator<Wait<unknown>, readonly unknown[]> {
  const child = spawn(next, 1)
  const others = Array.from({ length: 5 }, () => spawnWith({ on }, joins, child))
  const doomed = spawnWith({ supervised: true }, next, 1)
  const killer = spawnWith({ on }, kills, doomed)
  const sums: number[] = []
  for (const other of others) sums.push(yield* other.join())
  yield* killer.join()
  const outcome = yield* doomed.result()
  return [sums, yield* child.join(), outcome.ok ? 'ran' : (outcome.error as KilledError).reason]
})

/** A parent that fails before its children begin: they never do. */
export const fails = task((): number => {
  for (let i = 0; i < 100; i++) spawn(bump)
  throw new RangeError('early')
})

/** While it spawns and waits again and again, an older child must have its turn. */
export const fair = task(function* (): Generator<Wait<unknown>, string> {
  const older = spawn(bump)
  for (let i = 0; older.status !== 'done'; i++) {
    yield* spawn(next, i).join()
    if (i > 10_000) throw new Error('its turn never came')
  }
  return older.status
})

/** A getter that spawns while its object is being sent. */
export const inGetter = task((): number => {
  let handle: Handle<number> | undefined
  const value = {
    get a() {
      handle ??= spawn(next, 41)
      return 1
    },
  }
  const sum = join(spawnWith({ name: 'reads' }, readsA, value))
  return sum + join(handle!)
})
const readsA = task(({ a }: { readonly a: number }): number => a)

/** Results that are not plain values, and errors, from children that begin in place. */
const makes = task((n: number): { readonly list: readonly number[] } => ({ list: [n, n + 1] }))
const throws = task((n: number): number => {
  throw Object.assign(new TypeError(`no ${n}`), { n })
})
export const outcomes = task((): readonly unknown[] => {
  const one = spawn(makes, 1)
  const two = spawnWith({ supervised: true }, throws, 2)
  const three = spawn(next, 3)
  const list = join(one).list
  let caught: unknown
  try {
    join(two)
  } catch (error) {
    caught = [error instanceof TypeError, (error as Error).message, (error as { n?: number }).n]
  }
  yieldNow()
  return [list, caught, join(three), one.status, two.status, three.status]
})

/** Killed before it begins, joined, and caught: that is all. */
export const killedAndJoined = task((): string => {
  const child = spawn(next, 1)
  child.kill('x')
  try {
    join(child)
  } catch (error) {
    if (!(error instanceof KilledError)) throw error
  }
  return `ok ${join(spawn(next, 1))}`
})
export const killedAndAwaited = task(function* (): Generator<Wait<unknown>, string> {
  const child = spawn(next, 1)
  child.kill('x')
  try {
    yield* child.join()
  } catch (error) {
    if (!(error instanceof KilledError)) throw error
  }
  return `ok ${yield* spawn(next, 1).join()}`
})

/** What is thrown spawns as it is read. */
export const throwsWhatSpawns = task(function* (): Generator<Wait<unknown>, never> {
  yield* spawn(next, 1).join()
  // oxlint-disable-next-line typescript/only-throw-error -- anything can be thrown
  throw {
    get x() {
      for (let i = 0; i < 3; i++) spawn(next, i)
      return 1
    },
  }
})

/** An error that names a handle which came to the task. */
const throwsHandle = task((handle: Handle<number>): never => {
  throw Object.assign(new Error('with'), { handle })
})
export const namesHandle = task(function* (): Generator<Wait<unknown>, number> {
  const handle = spawnWith({ name: 'x' }, next, 41)
  const child = spawn(throwsHandle, handle)
  try {
    yield* child.join()
  } catch (error) {
    return yield* (error as { handle: Handle<number> }).handle.join()
  }
  return 0
})
const throwsProxy = task((): never => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  throw proxy
})
export const proxyStatus = task(function* (): Generator<Wait<unknown>, string> {
  const child = spawnWith({ supervised: true }, throwsProxy)
  yield* child.result()
  return child.status
})

/** Spawns at the end of the stack, where what links a child to its parent was never called before. */
export const atTheEnd = task((): number => {
  try {
    spawn(next, (() => 1) as never)
  } catch {
    // Not sendable: a function.
  }
  let ok = 0
  const go = (): void => {
    try {
      go()
    } catch {
      // The end of the stack.
    }
    if (ok < 3) {
      try {
        spawn(next, 1)
        ok++
      } catch {
        // No room yet.
      }
    }
  }
  go()
  return ok
})

const place = task((): number => workerIndex())

/** Begins children where they were spawned, and then has pinned ones in the slots that they have left. How many ran elsewhere. */
export const pinsAfterNamed = task(function* (on: number, rounds: number) {
  let elsewhere = 0
  for (let i = 0; i < rounds; i++) {
    const named = Array.from({ length: 40 }, (_, n) => spawnWith({ name: 'a' }, next, n))
    for (const child of named.reverse()) join(child)
    const pinned = Array.from({ length: 40 }, () => spawnWith({ on }, place))
    for (const child of pinned) if ((yield* child.join()) !== on) elsewhere++
  }
  return elsewhere
})
/** The same once the number of the slot's use has come round as far as a deque knows it. */
export const pinsAfterMany = task(function* (on: number, rounds: number) {
  let elsewhere = 0
  for (let i = 0; i < rounds; i++) {
    for (let n = 0; n < 1024; n++) join(spawn(next, n))
    if ((yield* spawnWith({ on }, place).join()) !== on) elsewhere++
  }
  return elsewhere
})
