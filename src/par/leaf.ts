export const LEAST_LEAF = 1024
const MOST_LEAF = 16_384

/**
 * Elements that are gathered from left to right: about one in 256 of all, so that there are enough to share, but not so
 * few that the calls of the loop are felt, nor so many that the others wait for one.
 */
export function leafOf(length: number): number {
  if (length <= 256 * LEAST_LEAF) return LEAST_LEAF
  return Math.min(MOST_LEAF, 2 ** Math.ceil(Math.log2(length / 256)))
}

/** Where a node of the tree is cut: between leaves, the left part the larger one. */
export function middleOf(lo: number, hi: number, leaf: number): number {
  return lo + Math.ceil(Math.ceil((hi - lo) / leaf) / 2) * leaf
}
