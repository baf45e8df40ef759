import {
  type Barrier,
  barrier,
  type Handle,
  type IVar,
  ivar,
  type Latch,
  latch,
  type Mutex,
  mutex,
  select,
  type Semaphore,
  semaphore,
  spawn,
  spawnWith,
  task,
  type Wait,
} from 'filch'

// --- ivar -----------------------------------------------------------------------------------------------------------

export const get = task(function* (from: IVar<unknown>) {
  return yield* from.get()
})
export const put = task((to: IVar<unknown>, value: unknown): boolean => to.tryPut(value))
export const twice = task(() => {
  const one = ivar<number>()
  one.put(1)
  one.put(2)
})
export const getNumber = task(function* (from: IVar<number>) {
  return yield* from.get()
})
export const putNumber = task((to: IVar<number>, value: number): boolean => to.tryPut(value))
export const relay = task(function* (from: IVar<number>, to: IVar<number>) {
  to.put(1 + (yield* from.get()))
})
/** Each waits for the one before it; the last value is the length. */
export const chain = task(function* (length: number) {
  const cells = Array.from({ length: length + 1 }, () => ivar<number>())
  for (let i = length - 1; i >= 0; i--) spawn(relay, cells[i]!, cells[i + 1]!)
  cells[0]!.put(0)
  return yield* cells[length]!.get()
})
/** Several put, one wins; all readers see the same. */
export const race = task(function* (putters: number, readers: number) {
  const cell = ivar<number>()
  const gets = Array.from({ length: readers }, () => spawn(getNumber, cell))
  const puts = Array.from({ length: putters }, (_, i) => spawn(putNumber, cell, i))
  let won = 0
  for (const one of puts) won += (yield* one.join()) ? 1 : 0
  const seen = new Set<unknown>()
  for (const one of gets) seen.add(yield* one.join())
  return [won, seen.size]
})
/** An IVar in an IVar, and a shared array in that: both can be read by many. */
export const nested = task(function* () {
  const outer = ivar<{ inner: IVar<Int32Array> }>()
  const inner = ivar<Int32Array>()
  const readers = Array.from({ length: 4 }, () => spawn(dig, outer))
  outer.put({ inner })
  const cells = new Int32Array(new SharedArrayBuffer(4))
  inner.put(cells)
  for (const one of readers) yield* one.join()
  return cells[0]
})
export const dig = task(function* (outer: IVar<{ inner: IVar<Int32Array> }>) {
  const { inner } = yield* outer.get()
  Atomics.add(yield* inner.get(), 0, 1)
})
/** Makes and drops many: none may stay. */
export const litter = task((count: number) => {
  for (let i = 0; i < count; i++) ivar<number>().put(i)
})
export const make = task(() => {
  const made = ivar<string>()
  made.put('there')
  return made
})
export const getMade = task(function* () {
  const made = yield* spawn(make).join()
  yield* spawn(task0).join()
  return yield* made.get()
})
export const task0 = task(() => 0)

// --- latch, barrier -------------------------------------------------------------------------------------------------

export const count = task((done: Latch) => done.countDown())
export const open = task(function* (parts: number, waiters: number) {
  const done = latch(parts)
  const waits = Array.from({ length: waiters }, () => spawn(pass, done))
  for (let i = 0; i < parts; i++) spawn(count, done)
  for (const one of waits) yield* one.join()
  return done.count
})
export const pass = task(function* (done: Latch) {
  yield* done.wait()
})

/** `cells[me]` is the round that `me` is in: nobody may be two ahead of anybody. */
export const lap = task(function* (cells: Int32Array, me: number, parties: number, rounds: number, meet: Barrier) {
  let last = 0
  for (let round = 1; round <= rounds; round++) {
    Atomics.store(cells, me, round)
    if (yield* meet.wait()) last++
    for (let other = 0; other < parties; other++) {
      const at = Atomics.load(cells, other)
      if (at !== round && at !== round + 1) throw new Error(`${other} is in round ${at}, ${me} in ${round}`)
    }
  }
  return last
})
export const laps = task(function* (cells: Int32Array, parties: number, rounds: number) {
  const meet = barrier(parties)
  const all = Array.from({ length: parties }, (_, me) => spawn(lap, cells, me, parties, rounds, meet))
  let last = 0
  for (const one of all) last += yield* one.join()
  return last
})
export const meet1 = task(function* (meet: Barrier) {
  return yield* meet.wait()
})
/** One of two arrives, is killed, and its place is taken by another. */
export const left = task(function* () {
  const meet = barrier(2)
  const first = spawnWith({ supervised: true }, meet1, meet)
  while (meet.arrived === 0) yield* spawn(task0).join()
  first.kill()
  yield* first.result()
  const arrived = meet.arrived
  const others = [spawn(meet1, meet), spawn(meet1, meet)]
  let last = 0
  for (const one of others) last += (yield* one.join()) ? 1 : 0
  return [arrived, last]
})

// --- semaphore ------------------------------------------------------------------------------------------------------

/** Cells: how many are inside, the most that ever were, violations. */
export const enter = task(function* (cells: Int32Array, limit: number, want: number, door: Semaphore, times: number) {
  for (let i = 0; i < times; i++) {
    yield* door.acquire(want)
    if (Atomics.add(cells, 0, want) + want > limit) Atomics.add(cells, 2, 1)
    yield* spawn(task0).join()
    Atomics.sub(cells, 0, want)
    door.release(want)
  }
})
export const crowd = task(function* (cells: Int32Array, limit: number, wants: readonly number[], times: number) {
  const door = semaphore(limit)
  const all = wants.map(want => spawn(enter, cells, limit, want, door, times))
  for (const one of all) yield* one.join()
  return door.permits
})
export const order = task(function* (me: number, list: Int32Array, want: number, door: Semaphore) {
  yield* door.acquire(want)
  list[1 + Atomics.add(list, 0, 1)] = me
})
/** All on one worker: permits come one by one. */
export const queue = task(function* (list: Int32Array, wants: readonly number[]) {
  const door = semaphore(0)
  const all: Handle<void>[] = []
  for (const [i, want] of wants.entries()) {
    all.push(spawnWith({ on: 0 }, order, i, list, want, door))
    yield* spawnWith({ on: 0 }, task0).join()
  }
  for (let n = wants.reduce((sum, want) => sum + want, 0); n > 0; n--) door.release()
  for (const one of all) yield* one.join()
  return door.permits
})
/** A task that is killed in the round in which it got its permit gives it back. */
export const takenAndKilled = task(function* (door: Semaphore) {
  yield* door.acquire()
  return 'got'
})

// --- mutex ----------------------------------------------------------------------------------------------------------

export const bump = task(function* (cells: Int32Array, times: number, turn: Mutex) {
  for (let i = 0; i < times; i++) {
    const guard = yield* turn.lock()
    const seen = cells[0]!
    if (i % 3 === 0) yield* spawn(task0).join()
    cells[0] = seen + 1
    guard.release()
  }
})
export const bumps = task(function* (cells: Int32Array, tasks: number, times: number) {
  const turn = mutex()
  const all = Array.from({ length: tasks }, () => spawn(bump, cells, times, turn))
  for (const one of all) yield* one.join()
  return [cells[0], turn.locked]
})
export const lockAndReturn = task(function* (turn: Mutex) {
  yield* turn.lock()
})
export const lockAndThrow = task(function* (turn: Mutex): Generator<Wait<unknown>, void> {
  yield* turn.lock()
  throw new RangeError('inside')
})
export const lockAndWait = task(function* (turn: Mutex, held: Latch, ever: Latch) {
  yield* turn.lock()
  held.countDown()
  yield* ever.wait()
})
export const lockAndDie = task(function* (turn: Mutex, held: Latch): Generator<Wait<unknown>, void> {
  yield* turn.lock()
  held.countDown()
  process.exit(7)
})
export const ends = task(function* () {
  const turn = mutex()
  yield* spawn(lockAndReturn, turn).join()
  const afterReturn = turn.locked
  const failed = yield* spawn(lockAndThrow, turn).result()
  const afterThrow = turn.locked
  const held = latch(1)
  const waiter = spawnWith({ supervised: true }, lockAndWait, turn, held, latch(1))
  yield* held.wait()
  const whileHeld = turn.locked
  waiter.kill()
  yield* waiter.result()
  const guard = yield* turn.lock()
  guard.release()
  guard.release()
  return [afterReturn, failed.ok, afterThrow, whileHeld, turn.locked]
})
export const lockNext = task(function* (turn: Mutex) {
  const guard = yield* turn.lock()
  const { inherited } = guard
  guard.release()
  return inherited
})

// --- choices --------------------------------------------------------------------------------------------------------

const permitOr = task(function* (door: Semaphore, word: IVar<number>, waits: Latch) {
  waits.countDown()
  return (yield* select(door.acquire(), word.get())).index
})
const mutexOr = task(function* (turn: Mutex, word: IVar<number>, waits: Latch) {
  waits.countDown()
  const { index } = yield* select(turn.lock(), word.get())
  // Its guard, if it has one, is given back at its end.
  return index
})
const permit = task(function* (door: Semaphore, waits: Latch) {
  waits.countDown()
  yield* door.acquire()
  return 0
})
/** Which of two each came to: a permit or a mutex (0), or a word (1). */
export const choosing = task(function* () {
  const found: number[] = []
  const [door, turn] = [semaphore(0), mutex()]
  for (const others of [0, 1, 2]) {
    for (const comes of [0, 1]) {
      const [word, waits, guard] = [ivar<number>(), latch(2 + others), yield* turn.lock()]
      const chooser = spawn(permitOr, door, word, waits)
      const behind = Array.from({ length: others }, () => spawn(permit, door, waits))
      const another = spawn(mutexOr, turn, word, waits)
      yield* waits.wait()
      if (comes === 0) {
        door.release(1 + others)
        guard.release()
      } else word.put(1)
      found.push(yield* chooser.join(), yield* another.join())
      if (comes === 1) {
        guard.release()
        door.release(others)
      }
      for (const one of behind) yield* one.join()
    }
  }
  return [...found, door.permits, Number(turn.locked)]
})

// --- ends -----------------------------------------------------------------------------------------------------------

export const die = task((): never => process.exit(9))
let kept: IVar<number> | undefined
export const keep = task(() => {
  kept = ivar<number>()
})
export const useKept = task(() => kept!.put(1))
