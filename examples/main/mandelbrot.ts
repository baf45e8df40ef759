// The Mandelbrot picture in plain code: a view, a palette, and a function that paints rows of pixels.

export interface View {
  readonly width: number
  readonly height: number
  /** The number in the middle of the picture, and how much of the plane the picture's width covers. */
  readonly x: number
  readonly y: number
  readonly span: number
  readonly iterations: number
}

/** A slope in the valley of seahorses, between the heart and the disc to its left. */
export function seahorses(width: number, height: number): View {
  return { width, height, x: -0.7436, y: 0.13177, span: 0.0005, iterations: 1500 }
}

/** The colours by the logarithm of the time to escape: through these and round to the first, without corners. */
const stops = [
  [0, 7, 60],
  [10, 60, 140],
  [60, 160, 215],
  [237, 250, 255],
  [255, 205, 70],
  [225, 105, 10],
  [110, 20, 30],
  [20, 2, 30],
] as const
const shades = 4096
const shadesPerDoubling = 0.8 * shades
const firstShade = 0.1 * shades

const palette = Uint8Array.from({ length: shades * 3 }, (_, i) => {
  const at = (Math.floor(i / 3) / shades) * stops.length
  const stop = (offset: number): number => stops[(Math.floor(at) + offset) % stops.length]![i % 3]!
  const t = at % 1
  return stop(0) + (stop(1) - stop(0)) * t * t * (3 - 2 * t)
})

/** The set itself, and what is too close to it to have a colour of its own. */
const night = Uint8Array.of(8, 2, 16, 255)

/** Squared distance at which a point counts as escaped. The set ends at 4; the further, the smoother the colours. */
const far = 1e4

/** A lamp at the upper left: a direction in the plane, and how high it stands. */
const lamp = { x: -Math.SQRT1_2, y: Math.SQRT1_2, z: 1.5 }

/** Paints the rows from `from` up to `to` into `pixels`, four bytes a pixel. */
export function paint(pixels: Uint8Array, view: View, from: number, to: number): void {
  const { width, height, iterations } = view
  const step = view.span / width
  for (let row = from; row < to; row++) {
    const cy = view.y - (row - height / 2) * step
    for (let column = 0; column < width; column++) {
      const cx = view.x + (column - width / 2) * step
      let zx = 0
      let zy = 0
      let xx = 0
      let yy = 0
      // The derivative of z: it tells how far the set is, and which way is uphill on the landscape of escape times.
      let dx = 0
      let dy = 0
      let n = 0
      for (; n < iterations && xx + yy < far; n++) {
        const d = 2 * (zx * dx - zy * dy) + 1
        dy = 2 * (zx * dy + zy * dx)
        dx = d
        zy = 2 * zx * zy + cy
        zx = xx - yy + cx
        xx = zx * zx
        yy = zy * zy
      }
      const at = (row * width + column) * 4
      pixels.set(night, at)
      if (n < iterations) colour(pixels, at, n, zx, zy, dx, dy, step)
    }
  }
}

/** Colours a pixel outside the set. */
function colour(
  pixels: Uint8Array,
  at: number,
  n: number,
  zx: number,
  zy: number,
  dx: number,
  dy: number,
  step: number,
): void {
  const size = zx * zx + zy * zy
  const slope = dx * dx + dy * dy
  // How far the set is, in pixels. Within one, the colour fades into the night: else the filaments were noise.
  const distance = (Math.sqrt(size / slope) * Math.log(size)) / 2 / step
  const fade = Math.sqrt(Math.min(1, distance))
  const upX = (zx * dx + zy * dy) / Math.sqrt(size * slope)
  const upY = (zy * dx - zx * dy) / Math.sqrt(size * slope)
  const light = Math.min(1, 0.55 + (0.5 * (upX * lamp.x + upY * lamp.y + lamp.z)) / (1 + lamp.z))
  const escaped = n + 1 - Math.log2(Math.log(size) / Math.log(far))
  const shade = Math.floor(firstShade + Math.log2(escaped) * shadesPerDoubling) % shades
  for (let i = 0; i < 3; i++) {
    pixels[at + i] = night[i]! + (palette[shade * 3 + i]! * light - night[i]!) * fade
  }
}
