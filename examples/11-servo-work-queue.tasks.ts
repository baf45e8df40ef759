import { spawn, task, workerLocal } from 'filch'

/** What every unit of a phase sees: a document in shared memory. Node 0 is the root; -1 stands for no node. */
export interface Page {
  readonly parent: Int32Array
  readonly firstChild: Int32Array
  readonly nextSibling: Int32Array
  /** Children that are not laid out yet. */
  readonly pending: Int32Array
  /** Made on the way down, from the parent's. */
  readonly depth: Int32Array
  /** Made on the way up, from the children's. */
  readonly height: Int32Array
}

/** What each worker has done: its own, without locks, and collected after the phase. */
export const tally = workerLocal(() => ({ nodes: 0, units: 0 }))

const CHUNK = 64

/** A unit of work: styles these nodes and what is below them. Whatever is too wide for one becomes units for others. */
export const restyle = task((page: Page, nodes: readonly number[]): void => {
  tally.value.units++
  for (let level = nodes; level.length > 0;) {
    const below: number[] = []
    for (const node of level) {
      const parent = page.parent[node]!
      page.depth[node] = parent < 0 ? 0 : page.depth[parent]! + 1
      for (let child = page.firstChild[node]!; child >= 0; child = page.nextSibling[child]!) below.push(child)
      if (page.firstChild[node]! < 0) layOut(page, node)
    }
    tally.value.nodes += level.length
    while (below.length > CHUNK) spawn(restyle, page, below.splice(-CHUNK))
    level = below
  }
})

/** From a leaf up: whoever finishes the last child of a node goes on with that node. */
function layOut({ parent, pending, height }: Page, leaf: number): void {
  for (let node = leaf; node >= 0; node = parent[node]!) {
    const own = Atomics.add(height, node, 1) + 1
    const above = parent[node]!
    if (above < 0) return
    Atomics.add(height, above, own)
    if (Atomics.sub(pending, above, 1) > 1) return
  }
}
