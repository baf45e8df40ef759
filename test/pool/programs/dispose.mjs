// Run with --expose-gc: pools that end with tasks at work, queued and waiting leave nothing, not even their memory.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'

import { Pool } from 'filch'

import { cells, fib, hold } from '../basic.tasks.ts'
import { waitsFor } from '../living.tasks.ts'

const { Memory } = WebAssembly
/** What must be collected: of each pool itself and its memory. */
const things = []
WebAssembly.Memory = class extends Memory {
  constructor(descriptor) {
    super(descriptor)
    things.push(new WeakRef(this))
  }
}

/** Two pools, one inside the other's block; the inner one is stopped in the middle of everything, the outer one drained. */
async function round() {
  await using outer = new Pool({ threads: 1 })
  const inner = new Pool({ threads: 2 })
  things.push(new WeakRef(outer), new WeakRef(inner))
  const gate = cells(2)
  const ends = [inner.run(hold, gate), inner.run(waitsFor, 3), inner.run(fib, 15), outer.run(waitsFor, 3)]
  const handles = [inner.spawn(hold, gate), inner.spawn(waitsFor, 2), outer.spawn(waitsFor, 2)]
  things.push(...handles.map(handle => new WeakRef(handle)))
  assert.equal(await handles[2], 4)
  assert.equal(outer.runSync(fib, 5), 5)
  const outcomes = Promise.allSettled(ends)
  await inner.destroy()
  assert.deepEqual((await outcomes).at(-1), { status: 'fulfilled', value: 8 })
}

const counted = () => ({
  threads: process.platform === 'linux' ? readdirSync('/proc/self/task').length : 0,
  resources: process.getActiveResourcesInfo().toSorted().join(),
})

await round()
const before = counted()
// Where each task has a thread of its own a round takes seconds.
for (let i = process.env.FILCH_MODE === '1:1' ? 2 : 10; i > 0; i--) await round()
// In a turn of its own, since a WeakRef holds on in the one that made it; and the platform is done with a thread a moment after its exit.
const until = performance.now() + 20_000
const waiting = () => counted().threads > before.threads || things.some(thing => thing.deref() !== undefined)
while (waiting() && performance.now() < until) {
  await new Promise(resolve => setImmediate(resolve))
  gc()
}
const { threads, resources } = counted()
// Fewer is well: Node has threads of its own that come and go.
assert.ok(threads <= before.threads, `${threads} threads, ${before.threads} before`)
assert.equal(resources, before.resources)
const left = things.map(thing => thing.deref()).filter(thing => thing !== undefined)
console.log(`${things.length} things, ${left.length} left`)
