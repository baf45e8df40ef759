import * as real from '../../src/memory/atomics.ts'

/**
 * memory/atomics.ts with a step before each access, for one thread that plays several: an operation is interrupted at every
 * one of its steps by whole operations of others. Not every interleaving, but each of one operation with whole ones.
 */
export type Words = Int32Array

const seam: { step: (() => void) | undefined; asleep: boolean; notified: number[] } = {
  step: undefined,
  asleep: false,
  notified: [],
}
const raws = new WeakMap<Words, Words>()

/** The same words; plain reads and writes through this view are steps as well. */
export function watch(words: Words): Words {
  const view = new Proxy(words, {
    get(target, name) {
      if (typeof name === 'string' && name !== 'length') seam.step?.()
      return Reflect.get(target, name, target) as unknown
    },
    set(target, name, value) {
      seam.step?.()
      return Reflect.set(target, name, value, target)
    },
  })
  raws.set(view, words)
  return view
}

function raw(words: Words): Words {
  seam.step?.()
  return raws.get(words) ?? words
}

export const load = (words: Words, at: number): number => real.load(raw(words), at)
export const store = (words: Words, at: number, value: number): void => real.store(raw(words), at, value)
export const add = (words: Words, at: number, value: number): number => real.add(raw(words), at, value)
export const or = (words: Words, at: number, bits: number): number => real.or(raw(words), at, bits)
export const and = (words: Words, at: number, bits: number): number => real.and(raw(words), at, bits)
export const exchange = (words: Words, at: number, value: number): number => real.exchange(raw(words), at, value)
export const replace = (words: Words, at: number, expected: number, value: number): boolean =>
  real.replace(raw(words), at, expected, value)

/** Does not block: says in {@link slept} whether a thread would have. */
export function wait(words: Words, at: number, expected: number): void {
  seam.asleep = real.load(raw(words), at) === expected
}
export const waitAsync = (words: Words, at: number, expected: number, then: () => void): boolean =>
  real.waitAsync(raw(words), at, expected, then)
export function notify(words: Words, at: number): void {
  raw(words)
  seam.notified.push(at)
}

/** Whether the last `wait` found what it waits on, and the addresses notified, since this was last asked. */
export function slept(): { asleep: boolean; notified: number[] } {
  const { asleep, notified } = seam
  seam.asleep = false
  seam.notified = []
  return { asleep, notified }
}

export interface Scenario {
  readonly operation: () => void
  /** Whole operations of others, in this order. */
  readonly intrusions: readonly (() => void)[]
  /** Throws if what came out is wrong. */
  readonly check: () => void
}

/**
 * Plays the scenario once for every way to put its intrusions before steps of its operation (or after its end), each time
 * made anew. Returns how many there are.
 */
export function atEveryStep(make: () => Scenario): number {
  const at: number[] = make().intrusions.map(() => 0)
  for (let runs = 1; ; runs++) {
    const reached = play(make(), at)
    if (reached === 0) return runs
    at.fill(at[reached - 1]! + 1, reached - 1)
  }
}

function play({ operation, intrusions, check }: Scenario, at: readonly number[]): number {
  let step = 0
  let ran = 0
  const onStep = (): void => {
    seam.step = undefined
    while (ran < intrusions.length && at[ran] === step) intrusions[ran++]!()
    step++
    seam.step = onStep
  }
  slept()
  try {
    seam.step = onStep
    operation()
    seam.step = undefined
    for (const rest of intrusions.slice(ran)) rest()
    check()
    return ran
  } catch (cause) {
    throw new Error(`interrupted before steps ${at.slice(0, ran).join()}: ${String(cause)}`, { cause })
  } finally {
    seam.step = undefined
  }
}
