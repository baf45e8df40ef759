import { makePar } from '../par/par.ts'

const par = makePar<'value'>(undefined)

/**
 * All nodes of a tree in pre-order, a node before its children and these in their order: for trees that are made by
 * looking, where `children(node)` is what costs (directories by path, positions of a game, pages by number). `children`
 * travels as text, or is a task: see {@link par}.
 *
 * Runs in the task that calls it and on idle workers, level by level, so a tree that is a single path gains nothing.
 * Nodes are copied when another worker looks at them: numbers and strings do best.
 *
 * @example
 * ```ts
 * import { deepEqual } from 'node:assert/strict'
 * import { walkTree } from 'filch'
 *
 * deepEqual(walkTree(1, n => (n < 4 ? [2 * n, 2 * n + 1] : [])), [1, 2, 4, 5, 3, 6, 7])
 * ```
 *
 * @throws {TaskError} if `children` is no body, or uses a variable that it cannot see (`ERR_FILCH_FREE_VARIABLE`)
 */
export function walkTree<T>(root: T, children: (node: T) => Iterable<T>): T[] {
  /** Of each level its nodes, and how many children each has. */
  const levels: { readonly nodes: readonly T[]; readonly counts: readonly number[] }[] = []
  for (let nodes: readonly T[] = [root]; nodes.length > 0;) {
    const below = par(nodes)
      .map(children)
      .toArray()
      .map(made => Array.from(made))
    levels.push({ nodes, counts: below.map(({ length }) => length) })
    nodes = below.flat()
  }
  const order: T[] = []
  /** Of each level on the way down, the nodes that are still to come before its end. */
  const next = levels.map(() => 0)
  const left = [1]
  for (let depth = 0; depth >= 0;) {
    if (left[depth] === 0) depth--
    else {
      left[depth]!--
      const at = next[depth]!++
      const { nodes, counts } = levels[depth]!
      order.push(nodes[at]!)
      left[++depth] = counts[at]!
    }
  }
  return order
}
