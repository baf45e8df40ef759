// Servo's work queue: units push units, the phase ends when there are none; a tree goes down by levels and up by counters.
import { Pool, shared } from 'filch'

import { type Page, restyle } from './11-servo-work-queue.tasks.ts'

const nodes = 20_000
await using pool = new Pool()

const array = (length = nodes): Int32Array<SharedArrayBuffer> => shared.i32(length).fill(-1)
const page: Page = {
  parent: array(),
  firstChild: array(),
  nextSibling: array(),
  pending: array().fill(0),
  depth: array(),
  height: array().fill(0),
  tallies: array(2 * Math.max(1, pool.threads)).fill(0),
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

const each = Array.from({ length: page.tallies.length / 2 }, (_, worker) => page.tallies.subarray(2 * worker))
const sum = (what: number): number => each.reduce((total, tally) => total + tally[what]!, 0)
console.log(`${sum(0)} nodes in ${sum(1)} units`)
