import { task } from 'filch'

import { timeSync } from '../support/clock.ts'

interface Tree {
  readonly value: number
  readonly left: Tree | null
  readonly right: Tree | null
}
interface Span {
  readonly from: number
  readonly to: number
}

/** A binary search tree of the numbers from `from` below `to`, split unevenly, and the same at every call. */
function grow(from: number, to: number): Tree | null {
  if (from === to) return null
  const at = from + Math.floor((to - from) * (0.3 + 0.4 * (((from * 2_654_435_761 + to) >>> 0) / 2 ** 32)))
  return { value: at, left: grow(from, at), right: grow(at + 1, to) }
}

function plainTree(tree: Tree | null): number {
  return tree === null ? 0 : tree.value + plainTree(tree.left) + plainTree(tree.right)
}

/** A fork at every node. The argument is the whole tree under it: a thief gets a copy of all that. */
export const treeSum = task((tree: Tree | null): number => {
  if (tree === null) return 0
  const right = treeSum.fork(tree.right)
  return tree.value + treeSum(tree.left) + treeSum.join(right)
})

function plainSpan({ from, to }: Span): number {
  if (to - from === 1) return from
  const middle = (from + to) >>> 1
  return plainSpan({ from, to: middle }) + plainSpan({ from: middle, to })
}

/** A fork at every half, of a small object made for it. */
export const spanSum = task(({ from, to }: Span): number => {
  if (to - from === 1) return from
  const middle = (from + to) >>> 1
  const right = spanSum.fork({ from: middle, to })
  return spanSum({ from, to: middle }) + spanSum.join(right)
})

/** What is summed: nodes of a tree or halves of a span, in plain code or with forks. */
export type Sum = 'plain tree' | 'tree' | 'plain span' | 'span'

/** Sums the numbers below `size`, in a worker, several times: milliseconds of each. The tree is grown beforehand. */
export const sums = task((what: Sum, size: number, times: number): number[] => {
  const tree = grow(0, size)
  const all: Span = { from: 0, to: size }
  const sum = {
    'plain tree': () => plainTree(tree),
    tree: () => treeSum(tree),
    'plain span': () => plainSpan(all),
    span: () => spanSum(all),
  }[what]
  const expected = (size * (size - 1)) / 2
  timeSync(3, expected, sum)
  return timeSync(times, expected, sum)
})
