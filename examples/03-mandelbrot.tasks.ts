import { task } from 'filch'

/** Writes how many steps each point in the rows from `from` up to `to` takes to escape. */
export const paint = task((picture: Uint8Array, width: number, from: number, to: number): void => {
  if (to - from > 1) {
    const middle = (from + to) >>> 1
    const lower = paint.fork(picture, width, middle, to)
    paint(picture, width, from, middle)
    paint.join(lower)
    return
  }
  const height = picture.length / width
  for (let column = 0; column < width; column++) {
    picture[from * width + column] = escape(-2.2 + (3 * column) / width, -1.2 + (2.4 * from) / (height - 1))
  }
})

function escape(cx: number, cy: number): number {
  let x = 0
  let y = 0
  let steps = 0
  for (; steps < 255 && x * x + y * y < 4; steps++) [x, y] = [x * x - y * y + cx, 2 * x * y + cy]
  return steps
}
