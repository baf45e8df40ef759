import { progress, task } from 'filch'

import { paint, type View } from './mandelbrot.ts'

/** Halves the rows until a few are left. Costs nothing to speak of, so there is no need to ask how many cores there are. */
export const paintRows = task((pixels: Uint8Array, view: View, from: number, to: number): void => {
  if (to - from <= 2) {
    paint(pixels, view, from, to)
    progress(to - from)
    return
  }
  const middle = (from + to) >>> 1
  const lower = paintRows.fork(pixels, view, middle, to)
  paintRows(pixels, view, from, middle)
  paintRows.join(lower)
})
