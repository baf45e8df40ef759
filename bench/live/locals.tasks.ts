import { task, taskLocal, workerLocal } from 'filch'

const COUNT = 16

/** Several of each, read in turn, so that no read can be left out of the loop. */
const workers = Array.from({ length: COUNT }, (_, i) => workerLocal(() => i))
const tasks = Array.from({ length: COUNT }, (_, i) => taskLocal(-i))
const plain = Array.from({ length: COUNT }, (_, i) => ({ value: i }))

function total(boxes: readonly { readonly value: number }[], reads: number): number {
  let sum = 0
  for (let i = 0; i < reads; i++) sum += boxes[i & (COUNT - 1)]!.value
  return sum
}
// A loop for each, as if each were in a program of its own.
// oxlint-disable-next-line typescript/no-implied-eval -- as above
const fresh = <F>(fn: F): F => new Function(`return ${String(fn).replaceAll('COUNT', String(COUNT))}`)() as F
const ofWorkers = fresh(total)
const ofTasks = fresh(total)
const ofPlain = fresh(total)

/** Milliseconds for so many reads. */
function timed(read: () => number, expected: number): number {
  const begun = performance.now()
  const sum = read()
  const ms = performance.now() - begun
  if (sum !== expected) throw new Error(`the sum is ${sum} and not ${expected}`)
  return ms
}

const expected = (reads: number): number => (reads / COUNT) * ((COUNT * (COUNT - 1)) / 2)

export const readWorkerLocals = task((reads: number) => timed(() => ofWorkers(workers, reads), expected(reads)))
export const readPlain = task((reads: number) => timed(() => ofPlain(plain, reads), expected(reads)))
export const readTaskLocals = task((reads: number) => {
  for (const [i, local] of tasks.entries()) local.value = i
  return timed(() => ofTasks(tasks, reads), expected(reads))
})
export const readUnset = task((reads: number) => timed(() => ofTasks(tasks, reads), -expected(reads)))
export const setTaskLocal = task((sets: number) => {
  const [local] = tasks
  const begun = performance.now()
  for (let i = 0; i < sets; i++) local!.value = i
  return performance.now() - begun
})
