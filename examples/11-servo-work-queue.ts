// Servo's work queue: units push units, the phase ends when there are none; a tree goes down by levels and up by counters.
import { Pool, shared } from 'filch'

import { type Page, restyle, tally } from './11-servo-work-queue.tasks.ts'

const nodes = 20_000
await using pool = new Pool()

const array = (): Int32Array<SharedArrayBuffer> => shared.i32(nodes).fill(-1)
const page: Page = {
  parent: array(),
  firstChild: array(),
  nextSibling: array(),
  pending: array().fill(0),
  depth: array(),
  height: array().fill(0),
}
for (let node = 1; node < nodes; node++) {
  // Some child of an earlier node, the same on every run.
  const parent = Math.floor((node * ((node * 2_654_435_761) % 2 ** 32)) / 2 ** 32)
  page.parent[node] = parent
  page.nextSibling[node] = page.firstChild[parent]!
  page.firstChild[parent] = node
  page.pending[parent]!++
}

await pool.run(restyle, page, [0]) // the phase: returns when all units have ended, whoever pushed them
console.log(`${page.height[0]} nodes below and with the root, ${Math.max(...page.depth)} levels`)

const each = await tally.values({ pool })
const sum = (what: 'nodes' | 'units'): number => each.reduce((total, own) => total + own[what], 0)
console.log(`${sum('nodes')} nodes in ${sum('units')} units`)
