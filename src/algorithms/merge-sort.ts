import { allocate, kindOf, type Numbers } from '../data/kinds.ts'
import { type Body, bodyOf, functionOf, textMayRun } from '../par/body.ts'
import { ownTask } from '../par/own.ts'
import { par } from './blocks.ts'

/**
 * Stable merge sort by a comparison.
 *
 * Numbers lie in shared memory: runs are sorted side by side, then merged level by level, and each merge is itself cut
 * into parts of equal output, whose ends in both runs are found by bisection (Deo and Sarkar, "Parallel algorithms for
 * merging and sorting", 1991; "merge path", Odeh et al., 2012). Other elements cannot lie there: blocks of them are
 * sorted side by side into lists of places, and this worker merges these.
 */

type Compare = (a: unknown, b: unknown) => number

/** Elements sorted by the array's own method, and elements of one part of a merge. */
const RUN = 1 << 13
/** Blocks of an array; more of them leave more to be merged by one worker. */
const BLOCKS = 16
const LEAST_BLOCK = 1 << 11

// --- numbers ------------------------------------------------------------------------------------------------------

interface Runs {
  readonly values: Numbers
  readonly compare: Body
}

interface Merge extends Runs {
  readonly target: Numbers
  /** Length of the runs that are merged, two by two. */
  readonly run: number
}

/** Sorts a shared array. */
export function mergeSortNumbers(values: Numbers, compare: (a: never, b: never) => number): void {
  const body = bodyOf(compare, 'sort')
  if (typeof body === 'string' && !textMayRun()) {
    ;(values as Float64Array).sort(compare as never)
    return
  }
  const parts = Math.ceil(values.length / RUN)
  par(parts).with({ values, compare: body }).forEach(sortRun)
  let from = values
  let to: Numbers = allocate(kindOf(values)!, values.length)
  for (let run = RUN; run < values.length; run *= 2) {
    par(parts).with({ values: from, target: to, compare: body, run }).forEach(mergePart)
    ;[from, to] = [to, from]
  }
  if (from !== values) values.set(from as never)
}

const sortRun = ownTask((at: number, { values, compare }: Runs): void => {
  const run = (values as Float64Array).subarray(at * RUN, (at + 1) * RUN)
  run.sort(functionOf(compare) as Compare)
})

/** Makes elements `at * RUN` and on of the merged level. */
const mergePart = ownTask((at: number, { values, target, compare, run }: Merge): void => {
  const less = functionOf(compare) as Compare
  const from = values as Float64Array
  const to = target as Float64Array
  const begin = at * RUN
  const end = Math.min(from.length, begin + RUN)
  const first = begin - (begin % (2 * run))
  const middle = Math.min(from.length, first + run)
  const last = Math.min(from.length, first + 2 * run)
  let left = first + rank(from, first, middle, last, begin - first, less)
  let right = middle + (begin - left)
  for (let i = begin; i < end; i++) {
    const takesLeft = right >= last || (left < middle && less(from[left], from[right]) <= 0)
    to[i] = takesLeft ? from[left++]! : from[right++]!
  }
})

/** How many of the first `count` merged elements come from the left run. */
function rank(xs: Float64Array, first: number, middle: number, last: number, count: number, less: Compare): number {
  let low = Math.max(0, count - (last - middle))
  let high = Math.min(count, middle - first)
  while (low < high) {
    const i = (low + high) >>> 1
    if (less(xs[first + i], xs[middle + count - i - 1]) <= 0) low = i + 1
    else high = i
  }
  // `right` of the caller is middle + begin - left; both are counted from the first run.
  return low
}

// --- anything -----------------------------------------------------------------------------------------------------

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Sorts as `Array.prototype.sort`: holes last, before them what is undefined. */
export function mergeSortArray<T>(array: T[], compare?: (a: never, b: never) => number): T[] {
  const values = array.filter(value => value !== undefined)
  const order =
    compare === undefined
      ? // The method turns them into strings each time they are compared.
        orderOf(values.map(String), byText)
      : orderOf(values, compare)
  const present = array.reduce<number>(many => many + 1, 0)
  for (let i = 0; i < order.length; i++) array[i] = values[order[i]!]!
  for (let i = order.length; i < present; i++) array[i] = undefined as never
  const { length } = array
  array.length = present
  array.length = length
  return array
}

/** The places of the elements in sorted order. */
export function orderOf(values: readonly unknown[], compare: (a: never, b: never) => number): Int32Array {
  const length = Math.max(LEAST_BLOCK, Math.ceil(values.length / BLOCKS))
  const blocks = Array.from({ length: Math.ceil(values.length / length) }, (_, at) =>
    values.slice(at * length, (at + 1) * length),
  )
  const body = bodyOf(compare, 'sort')
  if (typeof body === 'string' && !textMayRun()) return sortPlaces(values, compare as Compare)
  // Made of its text even where nobody could help: what it cannot see, it sees at no length.
  const less = functionOf(body) as Compare
  if (blocks.length < 2) return sortPlaces(values, less)
  const orders = par(blocks).with({ compare: body }).map(sortBlock).toArray()
  let runs: Int32Array[] = orders.map((order, at) => order.map(place => place + at * length))
  while (runs.length > 1) {
    runs = Array.from({ length: Math.ceil(runs.length / 2) }, (_, at) => {
      const right = runs[2 * at + 1]
      return right === undefined ? runs[2 * at]! : mergePlaces(values, runs[2 * at]!, right, less)
    })
  }
  return runs[0]!
}

const sortBlock = ownTask((block: readonly unknown[], { compare }: { readonly compare: Body }): Int32Array =>
  sortPlaces(block, functionOf(compare) as Compare),
)

function sortPlaces(values: readonly unknown[], compare: Compare): Int32Array {
  // An array: the method of a typed array with a comparison copies to one and back.
  const places = Array.from(values, (_, i) => i)
  return Int32Array.from(places.sort((a, b) => compare(values[a], values[b])))
}

function mergePlaces(values: readonly unknown[], left: Int32Array, right: Int32Array, less: Compare): Int32Array {
  const merged = new Int32Array(left.length + right.length)
  let l = 0
  let r = 0
  for (let i = 0; i < merged.length; i++) {
    const takesLeft = r >= right.length || (l < left.length && less(values[left[l]!], values[right[r]!]) <= 0)
    merged[i] = takesLeft ? left[l++]! : right[r++]!
  }
  return merged
}
