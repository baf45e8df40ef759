// Typed arrays over shared memory are passed by reference: all workers paint into the same picture.
import { run } from 'filch'

import { paint } from './03-mandelbrot.tasks.ts'

const width = 64
const height = 24
const picture = new Uint8Array(new SharedArrayBuffer(width * height))
await run(paint, picture, width, 0, height)

const ink = ' .:-=+*%@#'
for (let row = 0; row < height; row++) {
  const line = Array.from(picture.subarray(row * width, (row + 1) * width), steps => ink[Math.min(steps, 9)])
  console.log(line.join('').trimEnd())
}
