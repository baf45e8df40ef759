// A scope: start any number of tasks and do not keep track of them. It ends when all of them have.
import { run } from 'filch'

import { type Folder, walk } from './06-scope.tasks.ts'

/** A folder that holds smaller ones, down to those that hold none. */
const folder = (depth: number): Folder => ({
  size: depth,
  folders: Array.from({ length: depth }, () => folder(depth - 1)),
})

const totals = new Int32Array(new SharedArrayBuffer(8))
await run(walk, folder(7), totals)
console.log(`${totals[0]} folders of size ${totals[1]}`)
