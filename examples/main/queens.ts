/**
 * In how many ways the rows that are left can be filled: `columns`, `left` and `right` have a bit for each square of this
 * row that a queen above attacks down a column or a diagonal, and `all` has one for each square.
 */
export function plainQueens(all: number, columns = 0, left = 0, right = 0): number {
  if (columns === all) return 1
  let found = 0
  for (let free = all & ~(columns | left | right); free !== 0; free &= free - 1) {
    const square = free & -free
    found += plainQueens(all, columns | square, (left | square) << 1, (right | square) >>> 1)
  }
  return found
}
