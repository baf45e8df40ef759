import { FilchError, OptionError } from '../errors.ts'
import { pause } from './after.ts'
import type { House } from './house.ts'
import { Wait } from './wait.ts'
import type { Watch } from './watch.ts'

/** Which of several waits was over first, by its place among the arguments, and what it came to. */
export type Selected<W extends readonly Wait<unknown>[]> = {
  [I in keyof W]: W[I] extends Wait<infer T> ? { readonly index: Place<I>; readonly value: T } : never
}[number]

type Place<I> = I extends `${infer N extends number}` ? N : number

class Select extends Wait<{ readonly index: number; readonly value: unknown }> {
  readonly #waits: readonly Wait<unknown>[]
  readonly watches: readonly Watch[]
  /** Which of them offers, or -1. */
  readonly offer: number
  #first = -1

  constructor(house: House, waits: readonly Wait<unknown>[]) {
    super(house)
    this.#waits = waits
    this.offer = waits.findIndex(wait => wait.offers)
    const offering = waits.filter(wait => wait.offers).length
    if (offering > 1) {
      throw new OptionError(
        'select: the number of sends on channels of capacity 0',
        offering,
        'Give one: two could be received at the same moment.',
      )
    }
    this.watches = [...new Set(waits.flatMap(wait => wait.watches))]
  }

  override concerns(handle: object): boolean {
    return this.#waits.some(wait => wait.concerns(handle))
  }

  override covers(wait: object): boolean {
    return wait === this || this.#waits.includes(wait as Wait<unknown>)
  }

  protected attempt(): boolean {
    const waits = this.#waits
    const { offer } = this
    // An offer that is out may be taken at any moment: it comes back before anything else is had.
    if (offer >= 0 && !waits[offer]!.retract()) return this.#choose(offer)
    // Only until the first: the others have nothing then, and lose nothing.
    const first = waits.findIndex((wait, i) => i !== offer && wait.poll())
    if (first >= 0) return this.#choose(first)
    return offer >= 0 && waits[offer]!.poll() && this.#choose(offer)
  }

  #choose(first: number): true {
    this.#first = first
    // Over before the others leave: that stirs those behind them in their lines, where this one may still stand.
    this.settle({ index: first, value: undefined })
    this.#waits.forEach((wait, i) => i !== first && wait.withdraw())
    return true
  }

  override outcome(): { readonly index: number; readonly value: unknown } {
    if (this.#first < 0) return super.outcome()
    return { index: this.#first, value: this.#waits[this.#first]!.outcome() }
  }

  protected override abandon(): void {
    this.#waits[this.#first]?.withdraw()
  }

  protected override leave(): void {
    for (const wait of this.#waits) wait.withdraw()
  }
}

/**
 * Waits for whichever comes first: `yield* select(a, b)` in a generator task, `await select(a, b)` outside. If several are there already, the first
 * of them in the order given. The others are withdrawn, and have lost nothing: a message stays in its channel, what was to be sent is not sent.
 * If the first fails, so does `select`. A send on a channel of capacity 0 comes last, and there can be one.
 *
 * @example
 * ```ts
 * import { deepEqual } from 'node:assert/strict'
 * import { after, channel, run, select, task } from 'filch'
 *
 * export const first = task(function* () {
 *   const [, slow] = channel<string>()
 *   const [sender, quick] = channel<string>()
 *   sender.send('here')
 *   const { index, value } = yield* select(slow.receive(), quick.receive(), after(1000))
 *   return [index, value]
 * })
 *
 * if (import.meta.main) deepEqual(await run(first), [1, 'here'])
 * ```
 *
 * @throws {OptionError} without waits, with one that is over, or with the same twice
 */
export function select<const W extends readonly Wait<unknown>[]>(...waits: W): Wait<Selected<W>> {
  return new Select(houseOf(waits), waits) as Wait<unknown> as Wait<Selected<W>>
}

/**
 * As {@link select}, but gives up after so many milliseconds: `undefined`.
 *
 * @example
 * ```ts
 * import { equal } from 'node:assert/strict'
 * import { channel, selectWithin } from 'filch'
 *
 * if (import.meta.main) {
 *   const [sender, receiver] = channel<number>()
 *   equal(await selectWithin(10, receiver.receive()), undefined)
 *   sender.send(1)
 *   equal((await selectWithin(10, receiver.receive()))?.value, 1)
 * }
 * ```
 *
 * @throws {OptionError} as {@link select}, and if `ms` is no number, or less than 0
 */
export function selectWithin<const W extends readonly Wait<unknown>[]>(
  ms: number,
  ...waits: W
): Wait<Selected<W> | undefined> {
  const house = houseOf(waits)
  return new Within(house, [...waits, pause(house, ms)]) as Wait<unknown> as Wait<Selected<W> | undefined>
}

class Within extends Select {
  readonly #last: number

  constructor(house: House, waits: readonly Wait<unknown>[]) {
    super(house, waits)
    this.#last = waits.length - 1
  }

  override outcome(): { readonly index: number; readonly value: unknown } {
    const outcome = super.outcome()
    return outcome.index === this.#last ? (undefined as never) : outcome
  }
}

function houseOf(waits: readonly Wait<unknown>[]): House {
  if (new Set(waits).size < waits.length) throw new OptionError('select: a wait', waits[0], 'Give each once.')
  const house = waits.find(wait => wait instanceof Wait)?.home
  if (house === undefined || !waits.every(wait => wait instanceof Wait && wait.home === house)) {
    throw new FilchError(
      'ERR_FILCH_WAIT',
      'select takes what can be waited for, of one pool. A send on a channel without capacity is done when it returns: there is nothing to wait for.',
    )
  }
  const over = waits.find(wait => wait.spent)
  if (over !== undefined) {
    throw new OptionError('select: a wait', over, 'It was waited for before, or lost a select: ask for another.')
  }
  return house
}
