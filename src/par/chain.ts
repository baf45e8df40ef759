import { type ArrayOf, type Element, type Kind, type Numbers } from '../data/kinds.ts'
import { type AnyFunction } from '../scheduler/tasks.ts'
import { type Body, bodyOf } from './body.ts'
import * as check from './check.ts'
import { begin, type Draft, many, prepared, type Result, type Settings, strided, zipped } from './draft.ts'
import { end } from './end.ts'
import { counted } from './lines.ts'
import { Outline } from './outline.ts'
import type { Both, Each, Given, Mode, Sendables, Sync, Outcome, Zippable } from './signature.ts'
import type { Hit, SinkName, Taken } from './sinks.ts'
import { sourceOf } from './source.ts'

const always = (): boolean => true
const ALWAYS: Body = '() => true'
const NONE: readonly never[] = []

/**
 * A parallel iterator: a source, the functions that its elements pass through, and, with the call of a consumer, the
 * loop that does it all in one pass, on as many workers as are idle. Made by {@link par}. Immutable: each adaptor
 * returns a new one.
 *
 * The index that a function gets is that of the source, after a `filter` too.
 *
 * Functions see nothing but their parameters and what is global: they travel as text. See {@link Par.with}.
 */
export class Par<T, E = undefined, M extends Mode = 'value'> {
  readonly #draft: Draft

  /** @internal Use {@link par}. */
  constructor(draft: Draft) {
    this.#draft = draft
  }

  // --- adaptors ----------------------------------------------------------------------------------------------------

  /**
   * Gives variables to the functions of this chain, as their second argument: `par(xs).with({ k }).map((x, { k }) => x
   * * k)`. They must be sendable, and not be changed meanwhile. What lies over a `SharedArrayBuffer` passes by reference.
   * **All else is copied when another worker helps**: a body must not write to it, for what it writes to a copy is lost.
   * Objects are frozen then.
   */
  with<const V extends object>(variables: V & Sendables<V>): Par<T, Given<V>, M> {
    const { outline, sources, settings } = this.#draft
    if (outline.stages.length > 0) throw check.misplaced('with', 'Call it before the functions that use it.')
    const bound = { ...settings, env: check.variables(variables) }
    return new Par({ ...this.#draft, outline: Outline.of(sources[0]!, true), settings: bound })
  }

  /** What `fn` returns takes the element's place. */
  map<R>(fn: Each<T, E, R> & Sync<R>): Par<R, E, M> {
    return this.#add('map', fn)
  }

  /**
   * `map` with something that is made once for each part instead of once for each element: a buffer, a parser. `init`
   * gets the variables; how often it is called depends on who helps, so the state must not show in the results.
   */
  mapInit<S, R>(init: [E] extends [undefined] ? () => S : (variables: E) => S, fn: Both<S, T, E, R>): Par<R, E, M> {
    return new Par(begin(prepared(this.#draft, init), 'mapInit', fn))
  }

  /** Keeps the elements for which `fn` is true. */
  filter<S extends T>(fn: Each<T, E, boolean> & ((value: T, ...rest: never[]) => value is S)): Par<S, E, M>
  filter<R>(fn: Each<T, E, R> & Sync<R>): Par<T, E, M>
  filter(fn: unknown): Par<T, E, M> {
    return this.#add('filter', fn)
  }

  /** `map` that drops the elements for which `fn` returns `undefined`. */
  filterMap<R>(fn: Each<T, E, R | undefined> & Sync<R>): Par<R, E, M> {
    return this.#add('filterMap', fn)
  }

  /** All that the iterables hold which `fn` returns, in order. */
  flatMap<R>(fn: Each<T, E, Iterable<R>>): Par<R, E, M> {
    return this.#add('flatMap', fn)
  }

  /** Calls `fn` and passes the element on. */
  inspect(fn: Each<T, E, unknown>): Par<T, E, M> {
    return this.#add('tap', fn)
  }

  /** `[index, element]`: the index in the source, so before any `filter` or `flatMap`. */
  enumerate(): Par<[index: number, value: T], E, M> {
    const { indexed, bound } = this.#draft.outline
    if (!indexed) throw check.placeless('enumerate')
    return this.#add('map', bound ? (v: T, _e: unknown, i: number) => [i, v] : (v: T, i: number) => [i, v])
  }

  /**
   * Pairs of elements with the same index, as long as both have one; or what `fn` makes of the two, which spares the
   * pair.
   */
  zip<U>(other: Zippable<U>): Par<[T, U], E, M>
  zip<U, R>(other: Zippable<U>, fn: Both<T, U, E, R>): Par<R, E, M>
  zip(other: unknown, fn?: unknown): Par<never, E, M> {
    if (!this.#draft.outline.indexed) throw check.placeless('zip')
    return new Par(zipped(this.#draft, sourceOf(other, 'zip'), fn))
  }

  /** The first `count` elements. */
  take(count: number): Par<T, E, M> {
    return new Par(strided(this.#draft, 'take', 0, 1, check.count('take', count)))
  }

  /** All but the first `count` elements of the source. */
  skip(count: number): Par<T, E, M> {
    return new Par(strided(this.#draft, 'skip', check.count('skip', count), 1, Infinity))
  }

  /** Every `step`-th element of the source, the first one included. */
  stepBy(step: number): Par<T, E, M> {
    return new Par(strided(this.#draft, 'stepBy', 0, check.positive('stepBy', step), Infinity))
  }

  /** The elements of the source from the last to the first. */
  rev(): Par<T, E, M> {
    return new Par(strided(this.#draft, 'rev', this.#draft.length - 1, -1, Infinity))
  }

  /**
   * So many elements of the source are done by all before any beyond them is begun: for searches in something huge,
   * where what lies far behind should not be looked at before what is near. Sums are associated by block and then by
   * length.
   */
  blocks(count: number): Par<T, E, M> {
    return this.#set({ block: check.positive('blocks', count) })
  }

  /** Nobody is given fewer elements than this: for bodies that prepare something expensive. */
  minLength(count: number): Par<T, E, M> {
    return this.#set({ shortest: check.positive('minLength', count) })
  }

  /**
   * No more elements than this between two looks at who is hungry and whether the run was canceled: for bodies that are
   * suddenly expensive.
   */
  maxLength(count: number): Par<T, E, M> {
    return this.#set({ longest: check.positive('maxLength', count) })
  }

  // --- consumers: numbers ------------------------------------------------------------------------------------------

  /**
   * The sum; 0 of nothing. Which numbers are added first depends on the chain and its length alone: the same bits on any
   * number of workers, and of up to 1024 elements those of a loop.
   */
  sum(this: Par<number, E, M>): Outcome<M, number> {
    return this.#end(many(this.#draft, 'sum'), NONE, 0)
  }

  /** The product, in the order of {@link sum}; 1 of nothing. */
  product(this: Par<number, E, M>): Outcome<M, number> {
    return this.#end(many(this.#draft, 'product'), NONE, 1)
  }

  /** As `Math.min` of all: `Infinity` of nothing, `NaN` if there is one, -0 below 0. */
  min(this: Par<number, E, M>): Outcome<M, number> {
    return this.#end('min', NONE)
  }

  /** As `Math.max` of all: `-Infinity` of nothing, `NaN` if there is one, 0 above -0. */
  max(this: Par<number, E, M>): Outcome<M, number> {
    return this.#end('max', NONE)
  }

  /** How often each whole number from 0 to `bins - 1` occurs. A number outside is an error. */
  histogram(this: Par<number, E, M>, bins: number): Outcome<M, Uint32Array> {
    return this.#end('histogram', NONE, check.positive('histogram', bins))
  }

  // --- consumers: any element --------------------------------------------------------------------------------------

  /** How many there are. */
  count(): Outcome<M, number> {
    const lines = counted(this.#draft)
    if (lines === undefined) return this.#end('count', NONE)
    // Without a pool there is no promise.
    return typeof lines === 'number' ? (lines as Outcome<M, number>) : new Par<never, E, M>(lines).#end('sum', NONE, 0)
  }

  /**
   * Combines all with `op`, which has to be associative and gets no index and no variables. `identity` must change
   * nothing: `op(identity, x)` is `x`; parts begin with it. Without one, nothing at all is a `TypeError`, as with
   * `Array.prototype.reduce`. Which elements are combined first depends on the length alone: `op` need not be
   * commutative, and floats come out the same each time.
   */
  reduce(op: (a: T, b: T) => T, ...identity: [identity?: T]): Outcome<M, T> {
    const ends = [bodyOf(op, 'reduce')]
    if (identity.length > 0) return this.#end('reduce', ends, identity[0], undefined, [op])
    return this.#end(
      'fuse',
      ends,
      undefined,
      (a: { some: boolean; value: T }) => {
        if (a.some) return a.value
        throw new TypeError('reduce of nothing with no identity')
      },
      [op],
    )
  }

  /**
   * Gathers elements into accumulators, `add(accumulator, element)`, each of which begins as `init()`, and these into
   * one: `combine(left, right)`. The parts are cut by length alone. `add` may change and return its accumulator.
   */
  fold<A>(init: () => A, add: (a: A, value: T) => A, combine: (a: A, b: A) => A): Outcome<M, A> {
    const ends = [bodyOf(add, 'fold'), bodyOf(init, 'fold'), bodyOf(combine, 'fold')]
    return this.#end('fold', ends, undefined, undefined, [add, init, combine])
  }

  /**
   * The element with the smallest key, the first of equals; `NaN` counts as larger than all. `undefined` of nothing.
   */
  minBy(key: Each<T, E, number>): Outcome<M, T | undefined> {
    return this.#best('minBy', key)
  }

  /**
   * The element with the largest key, the first of equals; `NaN` counts as smaller than all. `undefined` of nothing.
   */
  maxBy(key: Each<T, E, number>): Outcome<M, T | undefined> {
    return this.#best('maxBy', key)
  }

  /** The first element for which `fn` is true. What lies beyond it is not looked at for long. */
  find(fn: Each<T, E, unknown>): Outcome<M, T | undefined> {
    return this.#search(fn, (hit: Hit) => this.#own(hit.done, hit.at, hit.value))
  }

  /** The last such element. All are looked at. */
  findLast(fn: Each<T, E, unknown>): Outcome<M, T | undefined> {
    return this.#last(fn, (hit: Hit) => this.#own(hit.done, hit.at, hit.value))
  }

  /** What `fn` returns for the first element for which that is not `undefined`. */
  findMap<R>(fn: Each<T, E, R | undefined> & Sync<R>): Outcome<M, R | undefined> {
    return this.filterMap(fn).#end('find', [ALWAYS], undefined, (hit: Hit) => hit.value, [always])
  }

  /** Any such element: which one may differ from run to run. */
  findAny(fn: Each<T, E, unknown>): Outcome<M, T | undefined> {
    return this.#search(fn, (hit: Hit) => this.#own(hit.done, hit.at, hit.value), 'any')
  }

  /** The index in the source of the first such element, or -1. */
  findIndex(fn: Each<T, E, unknown>): Outcome<M, number> {
    return this.#search(fn, (hit: Hit) => hit.at)
  }

  /** The index in the source of the last such element, or -1. All are looked at. */
  findLastIndex(fn: Each<T, E, unknown>): Outcome<M, number> {
    return this.#last(fn, (hit: Hit) => hit.at)
  }

  /** The indices in the source of all such elements. */
  positions(fn: Each<T, E, unknown>): Outcome<M, number[]> {
    return this.#add('filter', fn).#end('places', NONE, undefined, (a: ArrayLike<number>) => Array.from(a))
  }

  /**
   * `count` elements, or all if there are fewer: which ones, and in which order, may differ from run to run. Stops when
   * there are enough.
   */
  takeAny(count: number): Outcome<M, T[]> {
    return this.#end('takeAny', NONE, check.count('takeAny', count), ({ values, places }: Taken) =>
      places.slice(0, count).map((at, i) => this.#own(true, at, values[i])),
    )
  }

  /** True if `fn` is for any element. */
  some(fn: Each<T, E, unknown>): Outcome<M, boolean> {
    return this.#search(fn, (hit: Hit) => hit.done, 'any')
  }

  /** True if `fn` is for all elements. */
  every(fn: Each<T, E, unknown>): Outcome<M, boolean> {
    return this.#end('findNot', [bodyOf(fn, 'every')], 'any', (hit: Hit) => !hit.done, [fn])
  }

  /** Calls `fn` for each; the order is nobody's business. */
  forEach<R>(fn: Each<T, E, R> & Sync<R>): Outcome<M, void> {
    return this.#end('forEach', [bodyOf(fn, 'forEach')], undefined, () => undefined, [fn])
  }

  /** Calls `fn` for each with what `init` has made for its part: see {@link Par.mapInit}. */
  forEachInit<S>(
    init: [E] extends [undefined] ? () => S : (variables: E) => S,
    fn: Both<S, T, E, unknown>,
  ): Outcome<M, void> {
    return this.mapInit(init, fn).#end('count', NONE, undefined, () => undefined)
  }

  // --- consumers: collections --------------------------------------------------------------------------------------

  /** All, in order. Elements that are objects are the source's own where no function has made them. */
  toArray(): Outcome<M, T[]> {
    if (!this.#draft.outline.own) return this.#end('toArray', NONE, undefined, (a: ArrayLike<T>) => Array.from(a))
    return this.#end('places', NONE, undefined, (a: ArrayLike<number>) => Array.from(a, i => this.#at(i) as T))
  }

  /**
   * Writes element i to `target[i]`, and returns the target; nothing else of it changes. For chains that keep each
   * element in its place. Into the source itself is allowed: that is map in place.
   */
  into<A extends Numbers>(this: Par<Element<A>, E, M>, target: A): Outcome<M, A> {
    const draft = this.#draft
    if (!draft.outline.indexed) throw check.placeless('into', 'Use toShared.')
    return this.#end('into', NONE, check.target(target, draft.length), () => target)
  }

  /** All, in order, in a new shared array. */
  toShared<K extends Kind>(kind: K): Outcome<M, ArrayOf<K, SharedArrayBuffer>> {
    return check.shared(kind, this.#draft.length, this.#draft.outline.indexed, {
      into: (target, finish) => this.#end('into', NONE, target, finish),
      gather: finish => this.#end('toArray', NONE, undefined, finish),
    })
  }

  /** What is different, in the order of first occurrence, as `Set` tells things apart. */
  toSet(): Outcome<M, Set<T>> {
    return this.#end('toSet', NONE)
  }

  /** A map of pairs; of pairs with the same key the last one counts. */
  toMap<K, V>(this: Par<readonly [K, V], E, M>): Outcome<M, Map<K, V>> {
    return this.#end('toMap', NONE)
  }

  /** The elements as text, as `Array.prototype.join` makes it. */
  join(separator = ','): Outcome<M, string> {
    return this.#end('toArray', NONE, undefined, (a: ArrayLike<T>) => Array.from(a).join(separator))
  }

  /** Two lists: for which `fn` is true, and the others. */
  partition(fn: Each<T, E, unknown>): Outcome<M, [yes: T[], no: T[]]> {
    return this.#end('partition', [bodyOf(fn, 'partition')], undefined, undefined, [fn])
  }

  /** Two lists from pairs. */
  unzip<A, B>(this: Par<readonly [A, B], E, M>): Outcome<M, [A[], B[]]> {
    return this.#end('unzip', NONE)
  }

  /** Elements by key, keys in the order of first occurrence, elements in theirs. Keys are told apart as by a `Map`. */
  groupBy<K>(key: Each<T, E, K>): Outcome<M, Map<K, T[]>> {
    return this.#end('groupBy', [bodyOf(key, 'groupBy')], undefined, undefined, [key])
  }

  /** How many elements each key has. */
  countBy<K>(key: Each<T, E, K>): Outcome<M, Map<K, number>> {
    return this.#end('countBy', [bodyOf(key, 'countBy')], undefined, undefined, [key])
  }

  // --- inside ------------------------------------------------------------------------------------------------------

  #add(name: 'map' | 'filter' | 'filterMap' | 'flatMap' | 'tap', fn: unknown): Par<never, E, M> {
    return new Par(begin(this.#draft, name, fn))
  }

  #set(settings: Partial<Settings>): Par<T, E, M> {
    return new Par({ ...this.#draft, settings: { ...this.#draft.settings, ...settings } })
  }

  #end(
    sink: SinkName,
    ends: readonly Body[],
    parameter?: unknown,
    finish?: (gathered: never) => unknown,
    originals: readonly unknown[] = NONE,
  ): never {
    const result: Result = { sink, ends, parameter, originals: originals as readonly AnyFunction[], finish }
    return end(this.#draft, result) as never
  }

  #search(fn: unknown, finish: (hit: Hit) => unknown, parameter?: 'any'): never {
    return this.#end('find', [bodyOf(fn, 'find')], parameter, finish, [fn])
  }

  #last(fn: unknown, finish: (hit: Hit) => unknown): never {
    return this.#end('findLast', [bodyOf(fn, 'findLast')], undefined, finish, [fn])
  }

  #best(sink: 'minBy' | 'maxBy', key: unknown): never {
    type Best = { some: boolean; at: number; value: unknown }
    return this.#end(sink, [bodyOf(key, sink)], undefined, (a: Best) => this.#own(a.some, a.at, a.value), [key])
  }

  /** The source's own object in place of its copy. */
  #own(found: boolean, at: number, value: unknown): unknown {
    return found && this.#draft.outline.own ? this.#at(at) : value
  }

  #at(i: number): unknown {
    return (this.#draft.sources[0]!.data as readonly unknown[])[i]
  }
}
