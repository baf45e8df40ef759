/**
 * The only place that names `Atomics`: the seam at which the model checker takes over.
 *
 * Atomic accesses in JavaScript are sequentially consistent; there is no weaker kind to choose. V8 inlines these one-line
 * functions where they are hot, so the seam costs nothing (bench/micro/atomics.ts prints the pair).
 */
export type Words = Int32Array

export function load(words: Words, at: number): number {
  return Atomics.load(words, at)
}

export function store(words: Words, at: number, value: number): void {
  Atomics.store(words, at, value)
}

/** Adds and returns what was there before. */
export function add(words: Words, at: number, value: number): number {
  return Atomics.add(words, at, value)
}

/** Sets bits and returns what was there before. */
export function or(words: Words, at: number, bits: number): number {
  return Atomics.or(words, at, bits)
}

/** Keeps only `bits` and returns what was there before. */
export function and(words: Words, at: number, bits: number): number {
  return Atomics.and(words, at, bits)
}

export function exchange(words: Words, at: number, value: number): number {
  return Atomics.exchange(words, at, value)
}

/** True if the word held `expected` and now holds `value`. */
export function replace(words: Words, at: number, expected: number, value: number): boolean {
  return Atomics.compareExchange(words, at, expected, value) === expected
}

/** Blocks while the word holds `expected`, at most `milliseconds`. Every outcome is treated alike: the caller looks again. */
export function wait(words: Words, at: number, expected: number, milliseconds: number): void {
  Atomics.wait(words, at, expected, milliseconds)
}

interface Waiting {
  readonly async: boolean
  readonly value: Promise<unknown> | string
}
// `Atomics.waitAsync` is in every supported engine, but not in the ES2023 library types.
const waitable = Atomics as unknown as {
  waitAsync(words: Words, at: number, expected: number): Waiting
  pause?(): void
}

/** Calls `then` once the word has been notified; false if it does not hold `expected` any more. Does not hold the event loop. */
export function waitAsync(words: Words, at: number, expected: number, then: () => void): boolean {
  const waiting = waitable.waitAsync(words, at, expected)
  if (!waiting.async) return false
  void (waiting.value as Promise<unknown>).then(then)
  return true
}

export function notify(words: Words, at: number, count: number): void {
  Atomics.notify(words, at, count)
}

/** Tells the processor that this thread spins. Absent on Node 22, where spinning is merely less polite. */
export const pause: () => void = waitable.pause === undefined ? () => {} : () => waitable.pause!()
