import { OptionError } from '../errors.ts'
import type { Par } from './chain.ts'
import * as check from './check.ts'
import type { Entry } from './draft.ts'
import { makePar } from './par.ts'
import type { Each, Given, Sendables, Sync } from './signature.ts'

/** What can be bridged: streams, generators and the like, asynchronous or not. */
export type Bridgeable<T> = AsyncIterable<T> | Iterable<T>

/** How far a bridge looks ahead. */
export interface BridgeOptions {
  /** Elements that go to a worker together. Default 1024. */
  readonly batch?: number
  /** Batches that are under way at once, at most; no more elements are asked for meanwhile. Default 8. */
  readonly ahead?: number
}

type Chain<T, E> = Par<T, E, 'promise'>

/**
 * A parallel iterator over a source that comes in time, in batches: each is a chain of its own (docs/adr/0008), some
 * are under way at once, and results come in the order of the source. Made by `par.bridge`. Immutable, but the source
 * is read once.
 */
export class Bridge<T, E = undefined> {
  readonly #source: Bridgeable<unknown>
  readonly #options: Required<BridgeOptions>
  readonly #chain: (values: readonly unknown[]) => Chain<T, E>

  /** @internal Use `par.bridge`. */
  constructor(
    source: Bridgeable<unknown>,
    options: Required<BridgeOptions>,
    chain: (values: readonly unknown[]) => Chain<T, E>,
  ) {
    this.#source = source
    this.#options = options
    this.#chain = chain
  }

  /** Gives variables to the functions, as their second argument. See {@link Par.with}. */
  with<const V extends object>(variables: V & Sendables<V>): Bridge<T, Given<V>> {
    return this.#then(chain => chain.with(variables))
  }

  /** What `fn` returns takes the element's place. Its index counts within the batch. */
  map<R>(fn: Each<T, E, R> & Sync<R>): Bridge<R, E> {
    return this.#then(chain => chain.map(fn))
  }

  /** Keeps the elements for which `fn` is true. */
  filter<R>(fn: Each<T, E, R> & Sync<R>): Bridge<T, E> {
    return this.#then(chain => chain.filter(fn))
  }

  /** `map` that drops the elements for which `fn` returns `undefined`. */
  filterMap<R>(fn: Each<T, E, R | undefined> & Sync<R>): Bridge<R, E> {
    return this.#then(chain => chain.filterMap(fn))
  }

  /** All that the iterables hold which `fn` returns, in order. */
  flatMap<R>(fn: Each<T, E, Iterable<R>>): Bridge<R, E> {
    return this.#then(chain => chain.flatMap(fn))
  }

  /** The results, in order, as they come. Leaving the loop early ends the source. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const batch of this.#run(chain => chain.toArray())) yield* batch
  }

  /** All, in order. */
  async toArray(): Promise<T[]> {
    const all: T[] = []
    for await (const batch of this.#run(chain => chain.toArray())) for (const value of batch) all.push(value)
    return all
  }

  /** How many there are. */
  async count(): Promise<number> {
    let count = 0
    for await (const part of this.#run(chain => chain.count())) count += part
    return count
  }

  /** The sum. Associated by batch: the same bits on any number of workers. */
  async sum(this: Bridge<number, E>): Promise<number> {
    let sum = 0
    for await (const part of this.#run(chain => chain.sum())) sum += part
    return sum
  }

  /** Combines all with an associative `op` that `identity` does not change; batches are combined here, in order. */
  async reduce(op: (a: T, b: T) => T, identity: T): Promise<T> {
    let a = identity
    for await (const part of this.#run(chain => chain.reduce(op, identity))) a = op(a, part)
    return a
  }

  /** Calls `fn` for each, where the batch runs. */
  async forEach<R>(fn: Each<T, E, R> & Sync<R>): Promise<void> {
    for await (const _ of this.#run(chain => chain.forEach(fn)));
  }

  #then<R, F>(add: (chain: Chain<T, E>) => Chain<R, F>): Bridge<R, F> {
    const chain = this.#chain
    // Once on nothing, so that what is wrong with it is said here.
    add(chain([]))
    return new Bridge(this.#source, this.#options, values => add(chain(values)))
  }

  /** What `end` makes of each batch, in order. */
  async *#run<R>(end: (chain: Chain<T, E>) => Promise<R>): AsyncGenerator<R, void, undefined> {
    const { batch, ahead } = this.#options
    const iterator = iteratorOf(this.#source)
    const running: Promise<R>[] = []
    let read = 0
    let ended = false
    try {
      for (;;) {
        while (!ended && running.length < ahead) {
          const values: unknown[] = []
          while (values.length < batch) {
            const { done, value } = await iterator.next()
            if (done === true) {
              ended = true
              break
            }
            values.push(value)
          }
          if (values.length === 0) break
          const result = located(end(this.#chain(values)), read)
          // It is looked at when its turn comes.
          result.catch(() => {})
          running.push(result)
          read += values.length
        }
        const oldest = running.shift()
        if (oldest === undefined) return
        yield await oldest
      }
    } finally {
      if (!ended) await iterator.return?.()
      await Promise.allSettled(running)
    }
  }
}

function iteratorOf(source: Bridgeable<unknown>): AsyncIterator<unknown> | Iterator<unknown> {
  return Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()
}

/** Errors carry the index in the source, not in the batch. */
async function located<R>(result: Promise<R>, read: number): Promise<R> {
  try {
    return await result
  } catch (error) {
    if (error instanceof Error && 'index' in error && typeof error.index === 'number') error.index += read
    throw error
  }
}

export function bridge<T>(source: Bridgeable<T>, options: BridgeOptions, entry: Entry): Bridge<T> {
  const given: unknown = source
  if (typeof given !== 'object' || given === null || !(Symbol.asyncIterator in given || Symbol.iterator in given)) {
    throw new OptionError('par.bridge: the source', source, 'Give an iterable, asynchronous or not.')
  }
  const { batch = 1024, ahead = 8 } = options
  const settled = {
    batch: check.positive('par.bridge: batch', batch),
    ahead: check.positive('par.bridge: ahead', ahead),
  }
  const par = makePar<'promise'>(entry)
  return new Bridge<T>(source, settled, values => par(values as readonly T[]))
}
