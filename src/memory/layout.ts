/** Declares a record's words once. Everything else asks the layout; no offset is written down twice. */

/** Words in a cache line. Two lines (128 bytes) would also defeat the adjacent-line prefetcher; one has measured the same. */
export const LINE = 16

export interface Layout<Name extends string> {
  /** Word offset of each field. */
  readonly at: Readonly<Record<Name, number>>
  /** Words in a record, a whole number of cache lines. */
  readonly size: number
}

/**
 * Lays out `fields` (name, words) in order. A field of `LINE` words or more, or one named in
 * `lines`, begins a cache line of its own: that is how words that different threads write are kept apart.
 */
export function layout<Name extends string>(
  fields: Readonly<Record<Name, number>>,
  lines: readonly NoInfer<Name>[] = [],
): Layout<Name> {
  const at = {} as Record<Name, number>
  let size = 0
  for (const name of Object.keys(fields) as Name[]) {
    if (fields[name] >= LINE || lines.includes(name)) size = roundUp(size, LINE)
    at[name] = size
    size += fields[name]
  }
  return { at, size: roundUp(size, LINE) }
}

export function roundUp(words: number, unit: number): number {
  return Math.ceil(words / unit) * unit
}
