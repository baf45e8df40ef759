import { bridge, type Bridge, type Bridgeable, type BridgeOptions } from '../par/bridge.ts'
import * as check from '../par/check.ts'
import { makePar, type ParFunction } from '../par/par.ts'
import { entryOf } from '../par/draft.ts'
import { setEntrance } from '../par/outside.ts'
import { type Task, task } from '../task/task.ts'
import { runSync, runWith } from './default.ts'
import type { RunOptions } from './options.ts'
import type { Pool } from './pool.ts'

/** Runs whatever it is given, in place: `runSync` hands its arguments on as they are. */
const enter: Task<(work: never) => unknown> = task(import.meta, ((work: () => unknown) => work()) as never) as Task<
  (work: never) => unknown
>

// Of no consequence to a program that does not call `par`.
setEntrance(work => runSync(enter, work as never) as never)

interface ParWithPools extends ParFunction {
  /**
   * `par` for a thread that must not wait: the chain runs on `pool`, and its consumers return promises. The options are
   * those of {@link runWith}: a signal or a timeout cancels it within some milliseconds, and `onProgress` is told how
   * many elements of the source are done.
   */
  on(pool: Pool, options?: RunOptions): ParFunction<'promise'>
  /**
   * A parallel iterator over something that comes in time: a stream, an asynchronous generator, one that is too long to
   * be held at once. Batches of elements are sent to `pool` (the default pool if there is none), at most `ahead` of
   * them at once, and the results come in the order of the source.
   */
  bridge<T>(source: Bridgeable<T>, options?: BridgeOptions & { readonly pool?: Pool }): Bridge<T>
}

/**
 * A parallel iterator over a source, in the manner of Rayon: `par(source)`, any number of adaptors (`map`, `filter`,
 * `zip`, …), then one consumer (`sum`, `toArray`, `find`, …), which runs **one fused loop** over the source, on this
 * worker and on whichever others are idle.
 *
 * **Where.** In a task, or anywhere that may wait: outside a task it runs as `runSync` on the default pool. To await
 * instead, `par.on(pool)(source)…`.
 *
 * **Functions travel as text**, so that each chain gets a loop of its own. They see their parameters and what is
 * global, and nothing else of where they were written: give them variables by {@link Par.with}, or use tasks, which may
 * use all of their module. They must not change elements, or variables, that are not over shared memory: each worker may
 * have its own copy, and objects are frozen for it.
 *
 * **Results do not depend on the workers**, to the last bit: what is sensitive to the order of operations is cut by the
 * length alone. Only `findAny` says that it is free.
 *
 * **Errors** of a function carry the `index` of the element; of several, the one with the lowest index is thrown.
 *
 * **Cost.** To make its loop, once, some tenths of a millisecond; then a few tenths of a microsecond for a chain that is
 * short, some microseconds for one that others may help with, and what the loop written by hand costs (bench/par). Shared arrays are used
 * where they are; other typed arrays and arrays of numbers are copied once, other arrays piece by piece, both only when
 * another worker takes part.
 *
 * @example
 * ```ts
 * import { deepEqual, equal } from 'node:assert/strict'
 * import { par, Pool, run, shared, task } from 'filch'
 *
 * export const norm = task((xs: Float64Array) => Math.sqrt(par(xs).map(x => x * x).sum()))
 *
 * if (import.meta.main) {
 *   equal(await run(norm, shared.f64([3, 4])), 5)
 *
 *   const k = 3
 *   equal(par(shared.f64(1000, i => i)).with({ k }).map((x, { k }) => x * k).filter(x => x % 2 === 0).sum(), 748_500)
 *   deepEqual(par(['b', 'a']).map(s => s.toUpperCase()).toArray(), ['B', 'A'])
 *
 *   await using pool = new Pool({ threads: 2 })
 *   equal(await par.on(pool)(1000).filter(n => n % 7 === 0).count(), 143)
 *
 *   async function* numbers() {
 *     for (let n = 0; n < 5000; n++) yield n
 *   }
 *   equal(await par.bridge(numbers(), { pool }).map(n => n * 2).sum(), 24_995_000)
 * }
 * ```
 *
 * @throws {TaskError} if a function is no body (native, async, …), or uses a variable that it cannot see
 * (`ERR_FILCH_FREE_VARIABLE`)
 * @throws {OptionError} if the source is not one
 */
export const par: ParWithPools = Object.assign(makePar<'value'>(undefined), {
  on: (pool: Pool, options: RunOptions = {}): ParFunction<'promise'> => makePar<'promise'>(entryOf(pool, options)),
  bridge: <T>(source: Bridgeable<T>, options: BridgeOptions & { readonly pool?: Pool } = {}): Bridge<T> => {
    const { pool = { runWith }, ...rest } = check.options('par.bridge', options, ['pool', 'batch', 'ahead'])
    return bridge(source, rest, entryOf(pool, {}))
  },
})
