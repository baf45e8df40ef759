import { par, task } from 'filch'

export const ways = ['sum', 'in calls of seven', 'with a long body', 'with a filter', 'product'] as const
export type Way = (typeof ways)[number]

/** What each way comes to on whoever runs this. */
export const gathered = task((xs: Float64Array, way: Way): number => {
  switch (way) {
    case 'sum':
      return par(xs).sum()
    case 'in calls of seven':
      return par(xs)
        .map(x => x)
        .maxLength(7)
        .sum()
    case 'with a long body':
      return par(xs)
        .map(x => {
          // So long that V8 would not copy it five times into one loop, so the elements are taken one after the other there.
          // What follows has no effect on the number that it is given, and is not short, which is the only thing that matters.
          if (x === Infinity) throw new RangeError('There is no such element')
          return x
        })
        .sum()
    case 'with a filter':
      return par(xs)
        .filter(x => x !== Infinity)
        .sum()
    case 'product':
  }
  return par(xs)
    .map(x => 1 + x / 1e20)
    .product()
})

/** One of many is a text. */
export const withText = task((length: number): number =>
  par(length)
    .with({ at: length - 3 })
    .map((i, { at }) => (i === at ? (`${i}` as unknown as number) : i))
    .sum(),
)

const LEAST = 1024

/**
 * The association that is promised, spelt out: leaves of 1024 elements and more under a balanced tree; in a leaf four
 * lanes in turn, unless it is all there is or a filter may leave gaps.
 */
export function spelt(xs: Float64Array, way: Way): number {
  const { length } = xs
  const product = way === 'product'
  const values = product ? xs.map(x => 1 + x / 1e20) : xs
  const op = (a: number, b: number): number => (product ? a * b : a + b)
  const none = product ? 1 : 0
  const leaf = length <= 256 * LEAST ? LEAST : Math.min(16 * LEAST, 2 ** Math.ceil(Math.log2(length / 256)))
  const tree = (lo: number, hi: number): number => {
    if (hi - lo > leaf) {
      const middle = lo + Math.ceil(Math.ceil((hi - lo) / leaf) / 2) * leaf
      return op(tree(lo, middle), tree(middle, hi))
    }
    if (length <= LEAST || way === 'with a filter') return values.subarray(lo, hi).reduce(op, none)
    const lanes = [none, none, none, none]
    for (let i = lo; i < hi; i++) lanes.push(op(lanes.shift()!, values[i]!))
    return op(op(lanes[0]!, lanes[1]!), op(lanes[2]!, lanes[3]!))
  }
  return tree(0, length)
}
