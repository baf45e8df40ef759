/** Stands in for `src/memory/atomics.ts` in the copies of the sources that a model runs: each access is a step of a thread. */
import { here, type Op } from './world.ts'

export type Words = Int32Array

/** Where the words of a view begin in the memory, and how many they are. */
const extents = new WeakMap<object, { readonly start: number; readonly length: number }>()

/** A view of the model's memory: plain accesses through it are steps too. */
export function watch(memory: Int32Array, start = 0): Words {
  const view: Words = new Proxy(memory, {
    get(target, name): unknown {
      if (typeof name === 'symbol') return undefined
      const index = Number(name)
      // Beyond the end there is nothing, as in any typed array: a read of it is no step.
      if (index >= 0) return index < target.length ? here().access('read', start + index, 0, 0, undefined) : undefined
      if (name === 'length') return target.length
      if (name === 'subarray') {
        return (from: number, to: number) => watch(target.subarray(from, to), start + from)
      }
      if (name === 'set') {
        return (values: ArrayLike<number>, at: number) => {
          for (let i = 0; i < values.length; i++) here().access('write', start + at + i, values[i]!, 0, undefined)
        }
      }
      if (name === 'fill') {
        return (value: number, from: number, to: number) => {
          for (let at = from; at < to; at++) here().access('write', start + at, value, 0, undefined)
        }
      }
      throw new Error(`the model has no ${name} of shared words`)
    },
    set(target, name, value: number) {
      const index = Number(name)
      if (index < target.length) here().access('write', start + index, value, 0, undefined)
      return true
    },
  })
  extents.set(view, { start, length: memory.length })
  return view
}

/** In place of a view of real shared memory (memory/arena.ts). */
export function viewOf(memory: unknown): Words {
  return (memory as { readonly words: Words }).words
}

function address(words: Words, at: number): number {
  const extent = extents.get(words)
  if (extent === undefined) throw new Error('an atomic access to words that the model does not watch')
  if (at >= extent.length) throw new RangeError(`an atomic access at ${at}, beyond a view of ${extent.length} words`)
  return extent.start + at
}

const plus = (old: number, a: number): number => (old + a) | 0
const either = (old: number, a: number): number => old | a
const both = (old: number, a: number): number => old & a
const other = (_: number, a: number): number => a
const ifSame = (old: number, a: number, b: number): number | undefined => (old === a ? b : undefined)

function change(words: Words, at: number, a: number, b: number, how: Op['change']): number {
  return here().access('change', address(words, at), a | 0, b | 0, how)
}

export function load(words: Words, at: number): number {
  return here().access('load', address(words, at), 0, 0, undefined)
}

export function store(words: Words, at: number, value: number): void {
  here().access('store', address(words, at), value, 0, undefined)
}

export function add(words: Words, at: number, value: number): number {
  return change(words, at, value, 0, plus)
}

export function or(words: Words, at: number, bits: number): number {
  return change(words, at, bits, 0, either)
}

export function and(words: Words, at: number, bits: number): number {
  return change(words, at, bits, 0, both)
}

export function exchange(words: Words, at: number, value: number): number {
  return change(words, at, value, 0, other)
}

export function replace(words: Words, at: number, expected: number, value: number): boolean {
  return change(words, at, expected, value, ifSame) === (expected | 0)
}

/** Without a timeout: a wake-up that is lost is lost for good, and found. A short one is not meant to be woken from: it ends when anything has happened. */
export function wait(words: Words, at: number, expected: number, milliseconds: number): void {
  here().access(milliseconds < 1 ? 'doze' : 'wait', address(words, at), expected | 0, 0, undefined)
}

export function waitAsync(): never {
  throw new Error('the model has no event loop')
}

export function notify(words: Words, at: number, _count: number): void {
  here().access('notify', address(words, at), 0, 0, undefined)
}

export function pause(): void {}
