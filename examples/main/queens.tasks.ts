import { progress, task } from 'filch'

/** The same as `plainQueens`, with a fork at every placement but the last of its row, which there is no use in forking. */
const place = task((all: number, columns: number, left: number, right: number): number => {
  if (columns === all) return 1
  const free = all & ~(columns | left | right)
  return free === 0 ? 0 : placeInRow(all, columns, left, right, free)
})

/** Turns to the other squares of the row before it joins, so that the newest fork is joined first. */
function placeInRow(all: number, columns: number, left: number, right: number, free: number): number {
  const square = free & -free
  const others = free ^ square
  if (others === 0) return place(all, columns | square, (left | square) << 1, (right | square) >>> 1)
  const forked = place.fork(all, columns | square, (left | square) << 1, (right | square) >>> 1)
  return placeInRow(all, columns, left, right, others) + place.join(forked)
}

/** The first row, which tells the progress: one for each of its squares. */
export const queens = task((all: number, free: number): number => {
  const square = free & -free
  const forked = placeFirst.fork(all, square)
  const others = free === square ? 0 : queens(all, free ^ square)
  return others + placeFirst.join(forked)
})

const placeFirst = task((all: number, square: number): number => {
  const found = place(all, square, square << 1, square >>> 1)
  progress(1)
  return found
})
