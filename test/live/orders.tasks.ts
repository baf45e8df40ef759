import {
  currentTask,
  type Handle,
  join,
  type Latch,
  spawn,
  spawnWith,
  task,
  uncancellable,
  type Wait,
  yieldNow,
} from 'filch'

export const one = task(() => 1)
export const add = task((a: number, b: number) => a + b)
export const fails = task((message: string): number => {
  throw new RangeError(message)
})
export const exits = task((): number => process.exit(5))
export const mark = task((cells: Int32Array, at: number, after: readonly number[]) => {
  for (const other of after) if (Atomics.load(cells, other) === 0) throw new Error(`${at} before ${other}`)
  Atomics.store(cells, at, 1)
  return at
})
export const passes = task(function* (gate: Latch, value: number) {
  yield* gate.wait()
  return value
})
export const generatorAdd = task(function* (a: number, b: number) {
  return a + (yield* spawn(one).join()) + b - 1
})
export const pair = task((value: { readonly n: number }, list: readonly number[]) => [value.n, ...list])
export const object = task((n: number) => ({ n }))

/** A diamond of tasks that begin after others, in a task. */
export const diamond = task(function* (cells: Int32Array) {
  const top = spawn(mark, cells, 0, [])
  const left = spawnWith({ after: [top] }, mark, cells, 1, [0])
  const right = spawnWith({ after: [top] }, mark, cells, 2, [0])
  const bottom = spawnWith({ after: [left, right] }, mark, cells, 3, [1, 2])
  return yield* bottom.join()
})
export const chain = task(function* (length: number): Generator<Wait<unknown>, number> {
  let last: Handle<number> = spawn(one)
  for (let i = 1; i < length; i++) last = last.andThen(add, 1)
  return yield* last.join()
})
export const plainChain = task((length: number): number => {
  let last: Handle<number> = spawn(one)
  for (let i = 1; i < length; i++) last = last.andThen(add, 1)
  return join(last)
})
export const failingChain = task(function* () {
  const last = spawnWith({ supervised: true }, fails, 'first').andThen(add, 1)
  const outcome = yield* last.result()
  return outcome.ok ? 'ok' : (outcome.error as Error).message
})

export const read = task(function* (handle: Handle<number>) {
  const outcome = yield* handle.result()
  return [handle.name, outcome.ok ? outcome.value : (outcome.error as Error).message]
})
export const joinAll = task(function* (handles: readonly Handle<number>[]) {
  let sum = 0
  for (const handle of handles) sum += yield* handle.join()
  return sum
})
export const sendsEnded = task(function* () {
  const done = spawnWith({ name: 'done' }, one)
  const failed = spawnWith({ name: 'failed', supervised: true }, fails, 'why')
  yield* done.join()
  yield* failed.result()
  return [yield* spawn(read, done).join(), yield* spawn(read, failed).join(), yield* spawn(read, done).join()]
})

// --- current task ---------------------------------------------------------------------------------------------------

type Seen = readonly [name: string, id: number, parent: number | undefined, killed: boolean, worker: number]
export const see = task((): Seen => {
  const me = currentTask()!
  return [me.name, me.id, me.parent, me.killed, me.worker]
})
export const seeChild = task(function* (): Generator<Wait<unknown>, readonly [Seen, Seen, Seen]> {
  const named = yield* spawnWith({ name: 'a child' }, see).join()
  const detached = yield* spawnWith({ detached: true }, see).join()
  return [see(), named, detached]
})
export const inFork = task((): boolean => {
  const me = currentTask()!.id
  const forked = idOfTask.fork()
  return idOfTask() === me && idOfTask.join(forked) === me
})
export const idOfTask = task(() => currentTask()!.id)
export const refuses = task((which: number): void => {
  spawnWith(which === 1 ? { timeout: 5 } : { signal: AbortSignal.abort() }, one)
})

// --- uncancellable --------------------------------------------------------------------------------------------------

/** Two cells are raised together until it is killed. Cell 2 says that it runs. */
export const commit = task((cells: Int32Array) => {
  for (;;) {
    uncancellable(() => {
      cells[0]!++
      Atomics.store(cells, 2, 1)
      for (let i = 0; i < 20; i++) yieldNow()
      join(spawn(one))
      one.join(one.fork())
      cells[1]!++
    })
  }
})
/** The same over a wait. */
export const commitAndWait = task(function* (cells: Int32Array): Generator<Wait<unknown>, never> {
  for (;;) {
    yield* uncancellable(function* () {
      cells[0]!++
      Atomics.store(cells, 2, 1)
      if ((yield* spawn(one).join()) !== 1) throw new Error('no child')
      cells[1]!++
    })
  }
})
export const endless = task((): never => {
  for (;;) yieldNow()
})
/** Children that are spawned in the section are killed after it. */
export const withChild = task(function* (cells: Int32Array) {
  const child = spawn(endless)
  yield* uncancellable(function* () {
    Atomics.store(cells, 2, 1)
    for (let i = 0; i < 20; i++) yield* spawn(one).join()
    cells[0] = child.status === 'killed' ? 2 : 1
  })
  return 'not reached'
})
/** A child that fails in the section is joined there, and is heard of no more. */
export const joinedWithin = task(() => {
  let heard = ''
  uncancellable(() => {
    try {
      join(spawn(fails, 'child'))
    } catch (error) {
      heard = (error as Error).message
    }
  })
  yieldNow()
  return heard
})
/** The same of one that has failed before it is waited for. */
export const awaitedWithin = task(function* () {
  let heard = ''
  yield* uncancellable(function* () {
    const child = spawn(fails, 'child')
    while (child.status !== 'failed') yield* spawn(one).join()
    try {
      yield* child.join()
    } catch (error) {
      heard = (error as Error).message
    }
  })
  yield* spawn(one).join()
  return heard
})
const spin = task((ms: number) => {
  for (const end = performance.now() + ms; performance.now() < end;);
})
/** Of two that fail one is joined, in a section or outside of any: the other is heard of all the same. */
export const oneOfTwo = task((first: boolean, within: boolean) => {
  const children = [spawn(fails, 'first'), spawn(fails, 'second')] as const
  spin(5)
  const attempt = (): void => {
    try {
      join(children[first ? 0 : 1])
    } catch {
      // Its own error.
    }
  }
  if (within) uncancellable(attempt)
  else attempt()
  return 'nobody told'
})
export const oneOfTwoAwaited = task(function* (first: boolean) {
  const children = [spawn(fails, 'first'), spawn(fails, 'second')] as const
  yield* uncancellable(function* () {
    while (children.some(({ status }) => status !== 'failed')) yield* spawn(one).join()
    try {
      yield* children[first ? 0 : 1].join()
    } catch {
      // Its own error.
    }
  })
  return 'nobody told'
})
/** A child that fails in the meantime is heard of after the section. */
export const grieved = task(function* (cells: Int32Array) {
  try {
    yield* uncancellable(function* () {
      const child = spawn(fails, 'child')
      while (child.status !== 'failed') yield* spawn(one).join()
      cells[0] = 1
    })
  } catch (error) {
    return `${cells[0]} ${(error as Error).message}`
  }
  return 'nothing thrown'
})
export const throwing = task((): number =>
  uncancellable(() => {
    throw new RangeError('inside')
  }),
)
