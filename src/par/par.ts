import { kindOf, type Numbers } from '../data/kinds.ts'
import type { Element } from '../data/kinds.ts'
import { OptionError } from '../errors.ts'
import { Par } from './chain.ts'
import * as check from './check.ts'
import { type Draft, draftOf, type Entry, settingsOf } from './draft.ts'
import { linesOf } from './lines.ts'
import type { Given, Mode, Outcome, Seen, Sendables, Sync } from './signature.ts'
import type { Source } from './shape.ts'
import { listOf, partsOf, rangeOf, sourceOf } from './source.ts'

/** A rectangle of a grid: rows from `top` to before `bottom`, columns from `left` to before `right`. */
export interface Tile {
  readonly top: number
  readonly bottom: number
  readonly left: number
  readonly right: number
}

/** What {@link par} is. */
export interface ParFunction<M extends Mode = 'value'> {
  /** The whole numbers from 0 to before `count`. */
  (count: number): Par<number, undefined, M>
  /** The elements of a typed array: not copied if its memory is shared. */
  <A extends Numbers>(array: A): Par<Element<A>, undefined, M>
  /** The elements of an array, or of any iterable, read to its end at once. */
  <T>(values: readonly T[] | (Iterable<T> & object)): Par<T, undefined, M>
  /** `from`, `from + step`, … to before `to`. */
  range(from: number, to: number, step?: number): Par<number, undefined, M>
  /**
   * Pieces of `size` elements each, the last one shorter: of a typed array views, disjoint, so that a body may write
   * into its own if the memory is shared (else it may be that of a copy); of an array arrays; of a text texts.
   */
  chunks<A extends Numbers>(array: A, size: number): Par<Seen<A>, undefined, M>
  chunks(text: string, size: number): Par<string, undefined, M>
  chunks<T>(array: readonly T[], size: number): Par<readonly T[], undefined, M>
  /**
   * Calls `body` for each whole number from `from` to before `to`, in no order; with `variables`, which it gets as its
   * second argument.
   */
  for<R>(from: number, to: number, body: ((i: number) => R) & Sync<R>): Outcome<M, void>
  for<const V extends object, R>(
    from: number,
    to: number,
    variables: V & Sendables<V>,
    body: ((i: number, variables: Given<V>) => R) & Sync<R>,
  ): Outcome<M, void>
  /** Views of `size` neighbours, one for each place where they fit. */
  windows<A extends Numbers>(array: A, size: number): Par<Seen<A>, undefined, M>
  /** The tiles of a grid, at most `side` wide and high, row by row. */
  grid2d(rows: number, columns: number, side?: number): Par<Tile, undefined, M>
  /** The lines of a text, without their ends (`\n` or `\r\n`). The index of a function is that of a block of lines. */
  lines(text: string): Par<string, undefined, M>
}

export function makePar<M extends Mode>(entry: Entry | undefined, located = true): ParFunction<M> {
  const settings = settingsOf(entry, located)
  const draft = (source: Source): Draft => draftOf(source, settings)
  const par = (given: unknown): Par<never, undefined, M> => new Par(draft(sourceOf(given, 'par')))
  return Object.assign(par, {
    range: (from: number, to: number, step = 1) => new Par<number, undefined, M>(draft(rangeOf(from, to, step))),
    for: (from: number, to: number, ...given: [unknown, unknown?]) => {
      const range = new Par<number, undefined, M>(draft(rangeOf(from, to, 1)))
      if (given.length < 2) return range.forEach(given[0] as never)
      return range.with(given[0] as object).forEach(given[1] as never)
    },
    chunks: (given: unknown, size: number) => {
      const length = check.positive('par.chunks', size)
      if (typeof given === 'string' || Array.isArray(given)) {
        const whole = given as string | unknown[]
        const pieces = Array.from({ length: Math.ceil(whole.length / length) }, (_, at) =>
          whole.slice(at * length, (at + 1) * length),
        )
        return new Par<never, undefined, M>(draft(listOf(pieces)))
      }
      const array = views(given)
      return new Par<never, undefined, M>(draft(partsOf(array, length, length, Math.ceil(array.length / length))))
    },
    windows: <A extends Numbers>(array: A, size: number) => {
      const length = Math.max(0, views(array).length - check.positive('par.windows', size) + 1)
      return new Par<A, undefined, M>(draft(partsOf(array, size, 1, length)))
    },
    grid2d: (rows: number, columns: number, side = 64) => {
      const tiles = tilesOf(check.count('par.grid2d', rows), check.count('par.grid2d', columns), side)
      return new Par<Tile, undefined, M>(draft(listOf(tiles)))
    },
    lines: (text: string) => {
      if (typeof text !== 'string') throw new OptionError('par.lines: the text', text, 'Give a string.')
      return new Par<string, undefined, M>(linesOf(text, settings))
    },
  }) as ParFunction<M>
}

function views(array: unknown): Numbers {
  if (kindOf(array) !== undefined) return array as Numbers
  throw new OptionError(
    'par.chunks or par.windows: the array',
    array,
    'Give a typed array; chunks also takes arrays and text.',
  )
}

function tilesOf(rows: number, columns: number, given: number): Tile[] {
  const side = check.positive('par.grid2d: the side', given)
  const tiles: Tile[] = []
  for (let top = 0; top < rows; top += side) {
    for (let left = 0; left < columns; left += side) {
      tiles.push({ top, left, bottom: Math.min(rows, top + side), right: Math.min(columns, left + side) })
    }
  }
  return tiles
}
