import { expectTypeOf, it } from 'vitest'

import type { Immutable, Sendable } from '../../src/wire/sendable.ts'

interface Task {
  (n: number): number
  fork(n: number): unknown
  join(forked: unknown): number
}
interface Tree {
  value: number
  children: readonly Tree[]
  note?: string
}
type Shape = { kind: 'circle'; r: number } | { kind: 'square'; a: bigint }

type Same<T> = Sendable<T> extends T ? (T extends Sendable<T> ? true : false) : false

it('lets through what crosses', () => {
  expectTypeOf<Same<Tree>>().toEqualTypeOf<true>()
  expectTypeOf<Same<Shape>>().toEqualTypeOf<true>()
  expectTypeOf<Same<[number, string, Float64Array, SharedArrayBuffer, Date, RegExp, TypeError]>>().toEqualTypeOf<true>()
  expectTypeOf<Same<Map<string, Set<Tree>>>>().toEqualTypeOf<true>()
  expectTypeOf<Same<{ body: Task }>>().toEqualTypeOf<true>()
  expectTypeOf<Same<unknown>>().toEqualTypeOf<true>()
})

it('says why not', () => {
  expectTypeOf<
    Sendable<{ a: { save: () => void } }>['a']['save']
  >().toExtend<`a function that is not a task${string}`>()
  expectTypeOf<Sendable<symbol>>().toEqualTypeOf<'a symbol cannot cross threads'>()
  expectTypeOf<Same<Promise<number>>>().toEqualTypeOf<false>()
  expectTypeOf<Same<WeakMap<object, number>>>().toEqualTypeOf<false>()
  expectTypeOf<Same<Map<string, () => void>>>().toEqualTypeOf<false>()
  expectTypeOf<Same<{ list: (number | symbol)[] }>>().toEqualTypeOf<false>()
})

it('makes read only, all the way down', () => {
  expectTypeOf<Immutable<{ a: number[]; m: Map<string, { b: 1 }> }>>().toEqualTypeOf<{
    readonly a: readonly number[]
    readonly m: ReadonlyMap<string, { readonly b: 1 }>
  }>()
  expectTypeOf<Immutable<{ view: Float64Array; task: Task }>>().toEqualTypeOf<{
    readonly view: Float64Array
    readonly task: Task
  }>()
})
