import {
  blocking,
  broadcast,
  type Handle,
  invokeAll,
  join,
  Pool,
  progress,
  run,
  runSync,
  scope,
  spawn,
  spawnWith,
  task,
  workerIndex,
  yieldNow,
} from 'filch'

const one = task(() => 1)

/** Each operation of the table in docs/where.md, done once: returns, or throws. `other` is no child of the caller. */
export const operations: Readonly<Record<string, (other: Handle<number>) => unknown>> = {
  'a task, called': () => one(),
  'fork, join(forked)': () => one.join(one.fork()),
  scope: () => scope(s => s.spawn(one)),
  invokeAll: () => invokeAll([one]),
  spawn: () => join(spawn(one)),
  'spawnWith({ dedicated: true })': () => join(spawnWith({ dedicated: true }, one)),
  'join(handle), of a child': () => join(spawn(one)),
  'join(handle), of another': other => join(other),
  'join(wait)': other => join(other.result()),
  'yield* handle.join()': other => Array.from(other.join() as Iterable<unknown>),
  'await handle': other => void other.then(value => value),
  'handle.kill()': () => spawnWith({ supervised: true }, one).kill(),
  blocking: () => blocking(() => 1),
  'yieldNow, progress, workerIndex': () => [yieldNow(), progress(1), workerIndex()],
  'run, broadcast': () => [run(one), broadcast(one)],
  runSync: () => runSync(one),
  'new Pool': () => void new Pool({ threads: 0 }).close(),
}

/** `yes`, or the code of the error. */
function outcome(does: () => unknown): string {
  try {
    does()
    return 'yes'
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}

export const attempt = task((operation: string, other: Handle<number>, gate: Int32Array) => {
  arrive(gate)
  return outcome(() => operations[operation]!(other))
})

export const attemptSuspending = task(function* (operation: string, other: Handle<number>, gate: Int32Array) {
  arrive(gate)
  if (operation !== 'yield* handle.join()') return outcome(() => operations[operation]!(other))
  yield* other.join()
  return 'yes'
})

/** Outside of tasks. */
export function attemptHere(operation: string, other: Handle<number>): string {
  return outcome(() => operations[operation]!(other))
}

function arrive(gate: Int32Array): void {
  Atomics.add(gate, 1, 1)
  Atomics.notify(gate, 1)
}
