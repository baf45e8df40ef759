// Divide and conquer in place: tasks may write to the same shared array at once, each to a part of its own.
import { deepEqual } from 'node:assert/strict'

import { run } from 'filch'

import { sort } from './05-merge-sort.tasks.ts'

const length = 100_000
const values = new Float64Array(new SharedArrayBuffer(length * 8))
const spare = new Float64Array(new SharedArrayBuffer(length * 8))
for (let i = 0; i < length; i++) values[i] = Math.random()
const expected = Float64Array.from(values).sort()

await run(sort, values, spare, 0, length)
deepEqual(Float64Array.from(values), expected)
console.log(`${length} numbers are in order`)
