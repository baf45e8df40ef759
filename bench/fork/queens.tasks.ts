import { task } from 'filch'

import { timeSync } from '../support/clock.ts'

/**
 * Ways to place the remaining queens. Bits: columns taken, and diagonals that reach into this row from the left and the right.
 */
export function plain(full: number, columns: number, left: number, right: number): number {
  if (columns === full) return 1
  let ways = 0
  for (let free = full & ~(columns | left | right); free !== 0; free &= free - 1) {
    const bit = free & -free
    ways += plain(full, columns | bit, ((left | bit) << 1) & full, (right | bit) >> 1)
  }
  return ways
}

/** Placements tried. */
export function countPlacements(full: number, columns = 0, left = 0, right = 0): number {
  let count = 0
  for (let free = full & ~(columns | left | right); free !== 0; free &= free - 1) {
    const bit = free & -free
    count += 1 + countPlacements(full, columns | bit, ((left | bit) << 1) & full, (right | bit) >> 1)
  }
  return count
}

/**
 * A fork at every placement but the last one tried at each row, which is called: the shape of a `join` of two closures, and
 * of the Rayon program that filch is held against.
 */
export const queens = task((full: number, columns: number, left: number, right: number): number => {
  if (columns === full) return 1
  const free = full & ~(columns | left | right)
  return free === 0 ? 0 : row(full, columns, left, right, free)
})

/** Forks the first placement of a row, then turns to the others, then joins: so the joins come newest first. */
function row(full: number, columns: number, left: number, right: number, free: number): number {
  const bit = free & -free
  const others = free ^ bit
  if (others === 0) return queens(full, columns | bit, ((left | bit) << 1) & full, (right | bit) >> 1)
  const first = queens.fork(full, columns | bit, ((left | bit) << 1) & full, (right | bit) >> 1)
  return row(full, columns, left, right, others) + queens.join(first)
}

/** The same with the last placement forked as well, and joined at once. */
export const queensAll = task((full: number, columns: number, left: number, right: number): number => {
  if (columns === full) return 1
  const free = full & ~(columns | left | right)
  return free === 0 ? 0 : rowOfAll(full, columns, left, right, free)
})

function rowOfAll(full: number, columns: number, left: number, right: number, free: number): number {
  const bit = free & -free
  const others = free ^ bit
  const first = queensAll.fork(full, columns | bit, ((left | bit) << 1) & full, (right | bit) >> 1)
  const ways = others === 0 ? 0 : rowOfAll(full, columns, left, right, others)
  return ways + queensAll.join(first)
}

/** The plain recursion in a worker: milliseconds of each repetition. */
export const plainInWorker = task((full: number, times: number, expected: number): number[] => {
  for (let i = 0; i < 20; i++) plain(full, 0, 0, 0)
  return timeSync(times, expected, () => plain(full, 0, 0, 0))
})
