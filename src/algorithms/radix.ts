import { kindOf, type Kind, type Numbers } from '../data/kinds.ts'
import { borrow, giveBack } from '../data/scratch.ts'
import { APART, ofKind } from '../par/body.ts'
import { ownTask } from '../par/own.ts'
import { FIRST, nextSpan, par, type Ramp } from './blocks.ts'
import { makeCopy } from './copy.ts'
import { hasSmallGroups, tidyGroups } from './groups.ts'

/**
 * Radix sort, from the least significant digit: stable, and oblivious of the distribution. For each digit the blocks
 * are counted side by side, the counts summed up so that each block knows where its elements of each digit go, and the
 * blocks are scattered side by side. This is the parallel counting sort of Zagha and Blelloch ("Radix sort for vector
 * multiprocessors", 1991). Digits of 11 bits after Terdiman and Herf: three passes for 32 bits, six for 64; their
 * counters fit a core's first cache. Digits that are the same in all elements are left out.
 *
 * Of doubles whose high words hardly repeat, three passes are made, over those, and what has the same one lies in small
 * groups, which are put in order by insertion (the end of MSD radix sorts: McIlroy, Bostic, McIlroy, "Engineering radix
 * sort", 1993). A sample tells.
 *
 * Floats are ordered by their bits: those of a negative number all inverted, else the sign alone. NaNs are made one NaN
 * first, with no sign, so that they come last; and -0 comes before 0 by itself. That is the order of
 * `TypedArray.prototype.sort`.
 */

const BITS = 11
const BINS = 1 << BITS
/** Cut by length alone. Each costs its counters a digit. */
const MOST_BLOCKS = 64
const LEAST_BLOCK = 1 << 15

/** How the words of an element make its key. */
interface Order {
  /** All ones if negative numbers are to be inverted. */
  readonly invert: number
  /** The sign, if there is one. */
  readonly sign: number
  /** Words an element: 1 or 2. */
  readonly width: number
}

const SIGN = -0x80000000
const orders: Partial<Record<Kind, Order>> = {
  f64: { invert: -1, sign: SIGN, width: 2 },
  i64: { invert: 0, sign: SIGN, width: 2 },
  u64: { invert: 0, sign: 0, width: 2 },
  f32: { invert: -1, sign: SIGN, width: 1 },
  i32: { invert: 0, sign: SIGN, width: 1 },
  u32: { invert: 0, sign: 0, width: 1 },
}

/** One digit: which word of an element, and where in it. */
interface Digit {
  readonly word: number
  readonly shift: number
}

interface Pass extends Order, Digit {
  readonly block: number
  readonly length: number
  readonly words: Int32Array
  readonly values: Numbers
  readonly target: Numbers
  /** Places that go along with their elements, or nothing. */
  readonly places: Int32Array | null
  readonly placesTarget: Int32Array | null
  readonly counts: Int32Array
}

/** Sorts a shared array of 32 or 64 bits an element; `places`, as long, is permuted alike. */
export function radixSort(values: Numbers, places: Int32Array | null): void {
  const kind = kindOf(values)!
  const order = orders[kind]!
  const { length } = values
  const block = Math.max(LEAST_BLOCK, Math.ceil(length / MOST_BLOCKS))
  const blocks = Math.ceil(length / block)
  const floating = kind === 'f64' || kind === 'f32'
  const survey = new Int32Array(new SharedArrayBuffer(4 * blocks * SURVEY))
  par(blocks)
    .with({ words: wordsOf(values), block, length, survey, floating, ...order })
    .forEach(look)
  const { sorted, varying } = summary(values, survey, blocks, block)
  if (sorted) return
  const words = wordsOf(values)
  const few = kind === 'f64' && places === null && varying[0] !== 0 && hasSmallGroups(words)
  const digits = digitsOf(order.width, few ? [0, varying[1]] : varying)
  const counts = new Int32Array(new SharedArrayBuffer(4 * BINS * blocks))
  let from = values
  const scratch: Numbers = borrow(kind, length)
  const placesScratch = places === null ? null : borrow('i32', length)
  let to = scratch
  let placesFrom = places
  let placesTo: Int32Array | null = placesScratch
  for (const digit of digits) {
    const pass: Pass = {
      ...order,
      ...digit,
      block,
      length,
      words: wordsOf(from),
      values: from,
      target: to,
      places: placesFrom,
      placesTarget: placesTo,
      counts,
    }
    par(blocks).with(pass).forEach(count)
    sumUp(counts, blocks)
    par(blocks)
      .with(pass)
      .forEach(places === null ? scatter : scatterBoth)
    ;[from, to] = [to, from]
    ;[placesFrom, placesTo] = [placesTo, placesFrom]
  }
  if (from !== values) {
    par(blocks).with({ block, length, from, to: values }).forEach(copy)
    if (places !== null) par(blocks).with({ block, length, from: placesFrom!, to: places }).forEach(copy)
  }
  if (few) tidyGroups(values as Float64Array, words, block)
  giveBack(scratch)
  if (placesScratch !== null) giveBack(placesScratch)
}

function wordsOf(values: Numbers): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.byteLength / 4)
}

/**
 * Words of a block's survey: bits that are set in some element and bits that are in all, low word then high, and
 * whether it is sorted.
 */
const SURVEY = 16

interface Look extends Order {
  readonly words: Int32Array
  readonly block: number
  readonly length: number
  readonly survey: Int32Array
  readonly floating: boolean
}

/** Makes all NaNs of a block the same, and finds out what varies in it. */
const look = ownTask((at: number, { words, block, length, survey, floating, invert, sign, width }: Look): void => {
  const begin = at * block
  const end = Math.min(length, begin + block) | 0
  let [some, all, someHigh, allHigh] = [0, -1, 0, -1]
  let sorted = 1
  let [low, high] = [0, 0]
  for (let i = begin | 0; i < end; i++) {
    let l = 0
    let h: number
    if (width === 2) {
      l = words[2 * i]!
      h = words[2 * i + 1]!
      const rest = h & 0x7fffffff
      if (floating && (rest > 0x7ff00000 || (rest === 0x7ff00000 && l !== 0))) {
        l = words[2 * i] = 0
        h = words[2 * i + 1] = 0x7ff80000
      }
    } else {
      h = words[i]!
      if (floating && (h & 0x7fffffff) > 0x7f800000) h = words[i] = 0x7fc00000
    }
    const mask = h >> 31
    l = (l ^ (mask & invert)) >>> 0
    h = (h ^ ((mask & invert) | sign)) >>> 0
    if (i > begin && (h < high || (h === high && l < low))) sorted = 0
    low = l
    high = h
    some |= l
    all &= l
    someHigh |= h
    allHigh &= h
  }
  const to = at * SURVEY
  survey[to] = some
  survey[to + 1] = all
  survey[to + 2] = someHigh
  survey[to + 3] = allHigh
  survey[to + 4] = sorted
})

function summary(
  values: Numbers,
  survey: Int32Array,
  blocks: number,
  block: number,
): { readonly sorted: boolean; readonly varying: readonly [low: number, high: number] } {
  let [some, all, someHigh, allHigh] = [0, -1, 0, -1]
  let sorted = true
  for (let at = 0; at < blocks; at++) {
    const from = at * SURVEY
    some |= survey[from]!
    all &= survey[from + 1]!
    someHigh |= survey[from + 2]!
    allHigh &= survey[from + 3]!
    sorted &&= survey[from + 4] === 1 && (at === 0 || inOrder(values[at * block - 1]!, values[at * block]!))
  }
  return { sorted, varying: [some & ~all, someHigh & ~allHigh] }
}

/** As `TypedArray.prototype.sort` has it. */
function inOrder(a: number | bigint, b: number | bigint): boolean {
  if (a < b || Number.isNaN(b)) return true
  return a === b && !(Object.is(b, -0) && Object.is(a, 0))
}

function digitsOf(width: number, [low, high]: readonly [number, number]): Digit[] {
  const digits: Digit[] = []
  for (let word = 0; word < width; word++) {
    const varying = width === 2 && word === 0 ? low : high
    for (let shift = 0; shift < 32; shift += BITS) {
      if (((varying >>> shift) & (BINS - 1)) !== 0) digits.push({ word, shift })
    }
  }
  return digits
}

const count = ownTask((at: number, pass: Pass): void => {
  const { words, block, length, counts, invert, sign, width, word, shift } = pass
  const bins = counts.subarray(at * BINS, (at + 1) * BINS)
  const end = Math.min(length, at * block + block)
  bins.fill(0)
  const loop = width === 1 ? countNarrow : word === 1 ? countHigh : countLow
  for (let lo = at * block; lo < end;) {
    const hi = Math.min(end, lo + nextSpan(ramps.count))
    loop.call(APART, words, lo, hi, bins, shift, invert, sign)
    lo = hi
  }
})

/** Of this thread's loops (blocks.ts). */
const ramps: Readonly<Record<'count' | 'move', Ramp>> = { count: { span: FIRST }, move: { span: FIRST } }

type Count = (w: Int32Array, lo: number, hi: number, c: Int32Array, s: number, inv: number, sign: number) => void

const countNarrow: Count = (w, lo, hi, c, s, inv, sign) => {
  for (let i = lo | 0, end = hi | 0; i < end; i++) {
    const h = w[i]!
    c[((h ^ (((h >> 31) & inv) | sign)) >>> s) & 2047]!++
  }
}

const countHigh: Count = (w, lo, hi, c, s, inv, sign) => {
  for (let i = lo | 0, end = hi | 0; i < end; i++) {
    const h = w[2 * i + 1]!
    c[((h ^ (((h >> 31) & inv) | sign)) >>> s) & 2047]!++
  }
}

const countLow: Count = (w, lo, hi, c, s, inv) => {
  for (let i = lo | 0, end = hi | 0; i < end; i++) {
    c[((w[2 * i]! ^ ((w[2 * i + 1]! >> 31) & inv)) >>> s) & 2047]!++
  }
}

/**
 * From how many there are to where the first one goes: digit by digit, and within a digit block by block, which makes
 * the sort stable.
 */
function sumUp(counts: Int32Array, blocks: number): void {
  let next = 0
  for (let bin = 0; bin < BINS; bin++) {
    for (let at = bin; at < blocks * BINS; at += BINS) {
      const many = counts[at]!
      counts[at] = next
      next += many
    }
  }
}

const scatter = ownTask((at: number, pass: Pass): void => {
  const { words, values, target, block, length, counts, invert, sign, shift, word, width } = pass
  const bins = counts.subarray(at * BINS, (at + 1) * BINS)
  const end = Math.min(length, at * block + block)
  const doubles = width === 2 && invert !== 0
  const from = doubles ? (values as Float64Array) : words
  const to = doubles ? (target as Float64Array) : wordsOf(target)
  const flip = width === 1 || word === 1 ? sign : 0
  const loop = width === 1 ? moveNarrow : !doubles ? moveWide : word === 1 ? moveHigh : moveLow
  for (let lo = at * block; lo < end;) {
    const hi = Math.min(end, lo + nextSpan(ramps.move))
    loop.call(APART, words, from as Float64Array, to as Float64Array, lo, hi, bins, shift, word, flip, invert)
    lo = hi
  }
})

type Move = (
  w: Int32Array,
  from: Float64Array,
  to: Float64Array,
  lo: number,
  hi: number,
  c: Int32Array,
  s: number,
  word: number,
  flip: number,
  inv: number,
) => void

const moveNarrow: Move = (w, _from, to, lo, hi, c, s, _word, flip, inv) => {
  for (let i = lo | 0, end = hi | 0; i < end; i++) {
    const h = w[i]!
    to[c[((h ^ (((h >> 31) & inv) | flip)) >>> s) & 2047]!++] = h
  }
}

const moveWide: Move = (w, _from, to, lo, hi, c, s, word, flip) => {
  for (let i = lo | 0, end = hi | 0; i < end; i++) {
    const at = 2 * c[((w[2 * i + word]! ^ flip) >>> s) & 2047]!++
    to[at] = w[2 * i]!
    to[at + 1] = w[2 * i + 1]!
  }
}

// Doubles move as doubles, in one load and one store: their bits are those of numbers, or of the one NaN.

const moveHigh: Move = (w, from, to, lo, hi, c, s) => {
  for (let i = lo | 0, end = hi | 0; i < end; i++) {
    const h = w[2 * i + 1]!
    to[c[((h ^ ((h >> 31) | -0x80000000)) >>> s) & 2047]!++] = from[i]!
  }
}

const moveLow: Move = (w, from, to, lo, hi, c, s) => {
  for (let i = lo | 0, end = hi | 0; i < end; i++) {
    to[c[((w[2 * i]! ^ (w[2 * i + 1]! >> 31)) >>> s) & 2047]!++] = from[i]!
  }
}

/** Any kind, and places along with the elements. */
const scatterBoth = ownTask((at: number, pass: Pass): void => {
  const { words: w, block, length, counts, shift: s, word, invert, sign, width } = pass
  const c = counts.subarray(at * BINS, (at + 1) * BINS)
  const from = pass.values as Float64Array
  const to = pass.target as Float64Array
  const places = pass.places!
  const placesTo = pass.placesTarget!
  const end = Math.min(length, at * block + block) | 0
  for (let i = (at * block) | 0; i < end; i++) {
    const h = width === 1 ? w[i]! : w[2 * i + 1]!
    const mask = (h >> 31) & invert
    const key = width === 1 || word === 1 ? h ^ (mask | sign) : w[2 * i]! ^ mask
    const next = c[(key >>> s) & 2047]!++
    to[next] = from[i]!
    placesTo[next] = places[i]!
  }
})

interface Copy {
  readonly block: number
  readonly length: number
  readonly from: Numbers
  readonly to: Numbers
}

const copy = ownTask((at: number, { block, length, from, to }: Copy): void => {
  const begin = at * block
  const count = Math.min(length, begin + block) - begin
  ofKind(makeCopy, from).call(APART, from as Float64Array, begin, to as Float64Array, begin, count)
})
