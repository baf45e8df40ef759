import { par, task } from 'filch'

type Xs = Float64Array | readonly number[]

/** Chains that take a few microseconds once their loop is known; `most` as for `maxLength`, which leaves them to the engine. */
const kernels: Record<string, (xs: Xs, most: number) => unknown> = {
  sum: (xs, most) =>
    par(xs as readonly number[])
      .maxLength(most)
      .map(x => x * 1.1)
      .sum(),
  product: (xs, most) =>
    par(xs as readonly number[])
      .maxLength(most)
      .map(x => 1 + x / 1e18)
      .product(),
  filtered: (xs, most) =>
    par(xs as readonly number[])
      .maxLength(most)
      .filter(x => x > 0)
      .sum(),
  reduce: (xs, most) =>
    par(xs as readonly number[])
      .maxLength(most)
      .reduce((a, b) => a * 0.5 + b, 0),
  'reduce without identity': (xs, most) =>
    xs.length === 0 ||
    par(xs as readonly number[])
      .maxLength(most)
      .reduce((a, b) => a * 0.5 + b),
  fold: (xs, most) =>
    par(xs as readonly number[])
      .maxLength(most)
      .fold(
        () => [0],
        (a, x) => [a[0]! * 0.999 + x],
        (a, b) => [a[0]! * 0.999 + b[0]!],
      ),
  zip: (xs, most) =>
    par(xs as readonly number[])
      .maxLength(most)
      .zip(new Float32Array(xs), (a, b) => a * b)
      .sum(),
  'zip of two lists': (xs, most) =>
    par(xs as readonly number[])
      .maxLength(most)
      .zip([...xs])
      .map(([a, b], i) => a - b + i)
      .sum(),
  mapInit: (xs, most) =>
    par(xs as readonly number[])
      .maxLength(most)
      .mapInit(
        () => ({ base: 3 }),
        ({ base }, x) => x + base,
      )
      .toArray(),
  min: (xs, most) =>
    par(xs as readonly number[])
      .maxLength(most)
      .min(),
  find: (xs, most) =>
    par(xs as readonly number[])
      .maxLength(most)
      .find(x => x < 0),
  findLastIndex: (xs, most) =>
    par(xs as readonly number[])
      .maxLength(most)
      .findLastIndex(x => x < 0),
  'rev and take': (xs, most) =>
    par(xs as readonly number[])
      .rev()
      .take(7)
      .maxLength(most)
      .toArray(),
  flatMap: (xs, most) =>
    par(xs as readonly number[])
      .maxLength(most)
      .flatMap((x, i) => (i % 2 === 0 ? [x, -x] : []))
      .toArray(),
  into: (xs, most) =>
    par(xs as readonly number[])
      .maxLength(most)
      .map(x => x / 3)
      .into(new Float64Array(xs.length + 1)),
  groupBy: (xs, most) =>
    par(xs as readonly number[])
      .maxLength(most)
      .groupBy(x => Math.sign(x)),
}
export const names = Object.keys(kernels)

/** Text that tells -0 from 0, which that of JSON does not. */
const bits = (value: unknown): string =>
  JSON.stringify(value instanceof Map ? [...value] : value, (_, part: unknown) =>
    typeof part === 'number' ? (Object.is(part, -0) ? '-0' : `${part}`) : part,
  ) ?? 'undefined'

/** What a chain comes to by the engine, and what else it comes to, written out again so many times. */
export const again = task((name: string, xs: Xs, times: number): unknown[] => {
  const kernel = kernels[name]!
  const wanted = kernel(xs, 10)
  const found = new Map([[bits(wanted), wanted]])
  for (let i = 0; i < times; i++) {
    const made = kernel(xs, 1e9)
    found.set(bits(made), made)
  }
  return [...found.values()]
})

/** Functions of the same text, and of other text at the same place, in turns; variables and targets change from call to call. */
export const turns = task((times: number): number => {
  let wrong = 0
  // oxlint-disable-next-line typescript/no-implied-eval -- as many texts as it takes, all of one length but for a digit
  const functions = Array.from({ length: 20 }, (_, k) => new Function('x', `return x + ${k}`) as (x: number) => number)
  const xs = [1, 2, 3]
  for (let i = 0; i < times; i++) {
    const k = i % 20
    const made = par(xs).map(functions[k]!).sum()
    if (made !== 6 + 3 * k) wrong++
    const scaled = par(i % 2 === 0 ? xs : Int32Array.from(xs))
      .with({ i })
      .map((x, { i }) => x * i)
      .sum()
    if (scaled !== 6 * i) wrong++
    const unbound = par(xs)
      .map((x, at) => x * at)
      .sum()
    if (unbound !== 8) wrong++
    const lines = par.lines('a\nb\n').count()
    const split = par(['a\nb\n', ''])
      .flatMap(text => text.split('\n'))
      .count()
    if (lines !== 2 || split !== 4) wrong++
  }
  return wrong
})

const indexOf = (work: () => unknown): string => {
  try {
    return `no error but ${String(work())}`
  } catch (error) {
    return `${(error as Error).name} at ${(error as { index?: number }).index}`
  }
}

const fail = (xs: readonly number[], at: number): string =>
  indexOf(() =>
    par(xs)
      .with({ at })
      .map((x, { at }, i) => {
        if (i === at) throw new RangeError('no')
        return x
      })
      .sum(),
  )

/** The indices that errors carry: of a chain, of one inside of another, of one after another has failed. */
export const failures = task((times: number): string[] => {
  const found = new Set<string>()
  const xs = Array.from({ length: 2000 }, (_, i) => i)
  for (let i = 0; i < times; i++) found.add([fail(xs, 3), fail(xs, 1999), fail(xs, -1)].join())
  for (let i = 0; i < times; i++) {
    found.add(
      indexOf(() =>
        par(5)
          .with({ inner })
          .map((x, { inner }) => inner(x))
          .sum(),
      ),
    )
  }
  for (let i = 0; i < times; i++) {
    found.add(
      indexOf(() =>
        par(5).fold(
          () => 0,
          a => a + 1,
          a => a,
        ),
      ),
    )
    found.add(
      indexOf(() =>
        par(5).fold(
          () => {
            throw new TypeError('no accumulator')
          },
          a => a,
          a => a,
        ),
      ),
    )
  }
  return [...found]
})

/** Fails at its place 7, where it is given 2. */
const inner = task((x: number): number =>
  par(9)
    .with({ x })
    .map((y, { x }) => {
      if (x === 2 && y === 7) throw new RangeError('inside')
      return y
    })
    .sum(),
)

/** How many states a chain over nothing asks for, once its loop is known. */
export const statesOfNothing = task((times: number): number => {
  let states = 0
  for (let i = 0; i < times; i++) {
    const before = count[0]!
    for (const length of [50, 0]) {
      par(length)
        .with({ count })
        .mapInit(
          ({ count }) => {
            count[0]!++
            return 1
          },
          (state, x) => x * state,
        )
        .sum()
      if (length > 0) count[0] = before
    }
    states += count[0]! - before
  }
  return states
})
const count = new Int32Array(new SharedArrayBuffer(4))
