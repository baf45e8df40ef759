import { broadcast, fork, invokeAll, join, run, runWith, scope, task, type Forked } from 'filch'

/** The first task of its thread in a child process, and the one whose index is 0: what a frame that was never used holds. */
export const first = task((n: number) => n + 1)
export const other = task((n: number) => 3 * n)

/** The code of the error that `act` throws, or what it returns. */
function code(act: () => unknown): unknown {
  try {
    return act()
  } catch (error) {
    return (error as { code?: unknown }).code ?? String(error)
  }
}

// prettier-ignore
export const noForks: readonly unknown[] = [
  -1, 0, 1, 2, -2, 1.5, 2 ** 31 - 1, -(2 ** 31), 2 ** 40, Number.NaN, Infinity, '1', undefined, null, true, 1n, {}, [],
]

/** What joining each of these gives, by the task's join and by the generic one, with and without a fork pending. */
export const joinNonsense = task(() => {
  const codes = new Set<unknown>()
  const tryAll = (): void => {
    for (const value of noForks) {
      codes.add(code(() => first.join(value as Forked<number>)))
      codes.add(code(() => other.join(value as Forked<number>)))
      codes.add(code(() => join(value as Forked<number>)))
    }
  }
  tryAll()
  const pending = first.fork(41)
  tryAll()
  return { codes: [...codes], pending: first.join(pending) }
})

export const joinTwice = task(() => {
  const forked = first.fork(1)
  return [first.join(forked), code(() => first.join(forked)), code(() => join(forked))]
})

export const joinOlder = task(() => {
  const older = first.fork(1)
  const newer = first.fork(2)
  return [first.join(older), code(() => first.join(newer))]
})

export const joinAnotherTasks = task(() => other.join(first.fork(1)))

export const joinGeneric = task(() => join(fork(first, 1)))

export const notTasks = task(() => {
  const plain = ((n: number) => n) as typeof first
  return [
    code(() => fork(plain, 1)),
    code(() => scope(s => s.spawn(plain, 1))),
    code(() => fork(null as unknown as typeof first, 1)),
    // It inherits from the task, and its own text says nothing.
    code(() => fork(first.bind(null, 1) as unknown as typeof first, 1)),
    code(() => invokeAll([first.bind(null, 1) as unknown as typeof first, 1])),
  ]
})

/** What must be awaited cannot be started here, and says so at once: nobody would see a promise reject. */
export const runInTask = task(() => [
  code(() => void run(first, 1)),
  code(() => void runWith({}, first, 1)),
  code(() => void broadcast(first, 1)),
])

/** Its promise rejects after the task has ended, which must not end the thread. */
export const rejecting = task((): unknown => Promise.reject(new Error('seen by nobody')))

export const badCalls = task(() => [
  code(() => invokeAll([first, 1], 5 as never)),
  code(() => invokeAll([first, 1], [5, 1] as never)),
])
