import { type Forked, task } from 'filch'

/** In how many ways the rows after `queens` can be filled; `queens` has the column of the queen in each row so far. */
export const place = task((size: number, queens: readonly number[]): number => {
  if (queens.length === size) return 1
  const forks: Forked<number>[] = []
  for (let column = 0; column < size; column++) {
    // The array is frozen by the fork: a task may run later or elsewhere, so what it is given must not change.
    if (isFree(queens, column)) forks.push(place.fork(size, [...queens, column]))
  }
  let found = 0
  while (forks.length > 0) found += place.join(forks.pop()!) // the newest first
  return found
})

function isFree(queens: readonly number[], column: number): boolean {
  return queens.every((other, row) => other !== column && Math.abs(other - column) !== queens.length - row)
}
