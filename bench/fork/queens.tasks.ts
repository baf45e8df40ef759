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

/** Placements tried, which is forks: each is forked. */
export function countPlacements(full: number, columns = 0, left = 0, right = 0): number {
  let count = 0
  for (let free = full & ~(columns | left | right); free !== 0; free &= free - 1) {
    const bit = free & -free
    count += 1 + countPlacements(full, columns | bit, ((left | bit) << 1) & full, (right | bit) >> 1)
  }
  return count
}

/** A fork at every placement, the last of a row included. */
export const queens = task((full: number, columns: number, left: number, right: number): number =>
  columns === full ? 1 : row(full, columns, left, right, full & ~(columns | left | right)),
)

/** Forks the first placement of a row, then turns to the others, then joins: so the joins come newest first. */
function row(full: number, columns: number, left: number, right: number, free: number): number {
  if (free === 0) return 0
  const bit = free & -free
  const first = queens.fork(full, columns | bit, ((left | bit) << 1) & full, (right | bit) >> 1)
  const others = row(full, columns, left, right, free ^ bit)
  return others + queens.join(first)
}

/** A fork at every placement but the last one tried at each row, which is called. */
export const queensButLast = task((full: number, columns: number, left: number, right: number): number => {
  if (columns === full) return 1
  const free = full & ~(columns | left | right)
  return free === 0 ? 0 : rowButLast(full, columns, left, right, free)
})

function rowButLast(full: number, columns: number, left: number, right: number, free: number): number {
  const bit = free & -free
  const others = free ^ bit
  if (others === 0) return queensButLast(full, columns | bit, ((left | bit) << 1) & full, (right | bit) >> 1)
  const first = queensButLast.fork(full, columns | bit, ((left | bit) << 1) & full, (right | bit) >> 1)
  const sum = rowButLast(full, columns, left, right, others)
  return sum + queensButLast.join(first)
}

/** The plain recursion in a worker: milliseconds of each repetition. */
export const plainInWorker = task((full: number, times: number, expected: number): number[] => {
  for (let i = 0; i < 3; i++) plain(full, 0, 0, 0)
  return timeSync(times, expected, () => plain(full, 0, 0, 0))
})
