// Two copies of the package in one process, as two libraries bring them: each with a pool of its own.
import assert from 'node:assert/strict'
import { pathToFileURL } from 'node:url'

const before = {
  names: Object.getOwnPropertyNames(globalThis),
  resources: process.getActiveResourcesInfo(),
  listeners: count(),
}
const [, , ...folders] = process.argv
const copies = await Promise.all(
  folders.map(async folder => ({
    filch: await import(pathToFileURL(`${folder}/filch/index.js`).href),
    tasks: await import(pathToFileURL(`${folder}/tasks.mjs`).href),
  })),
)
// Merely importing starts nothing and leaves nothing behind.
assert.deepEqual(Object.getOwnPropertyNames(globalThis), before.names)
assert.deepEqual(process.getActiveResourcesInfo(), before.resources)
assert.equal(count(), before.listeners)

const [one, two] = copies
assert.notEqual(one.filch.Pool, two.filch.Pool)
// At once, on the default pool of each and on pools made for it.
const pools = copies.flatMap(({ filch }) => [filch, new filch.Pool({ threads: 2 })])
const results = await Promise.all(
  pools.flatMap((pool, i) => [pool.run(copies[i >> 1].tasks.fib, 15), pool.run(copies[i >> 1].tasks.sum, 4)]),
)
assert.deepEqual(results, [610, 14, 610, 14, 610, 14, 610, 14])
assert.equal(one.filch.runSync(one.tasks.fib, 12), 144)

// A task belongs to the copy that declared it.
assert.throws(() => two.filch.runSync(one.tasks.fib, 5), { name: 'TaskError', code: 'ERR_FILCH_NOT_TASK' })
await assert.rejects(two.filch.run(one.tasks.fib, 5), { code: 'ERR_FILCH_NOT_TASK' })
// In a task of one copy the other's work as they do outside of tasks: a pool of its own beside.
assert.equal(one.filch.runSync(one.tasks.calls, 10), 55)
await Promise.all([pools[1].close(), pools[3].close()])
console.log('both work')

function count() {
  return process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0)
}
