import {
  chunkBy,
  histogram,
  integerSort,
  kthSmallest,
  par,
  partition,
  shared,
  stencil,
  task,
  unique,
  walkTree,
} from 'filch'

/** Long enough to be worth somebody else's while. */
const slow = (x: number): number => {
  let y = x
  for (let i = 0; i < 40; i++) y = Math.sin(y)
  return y > 2 ? y : x
}

/** What the consumers that look for something find, and what the adaptors leave, in one value. */
export const adaptors = task((xs: readonly number[] | Float64Array, some: number) => {
  const chain = par(xs as readonly number[]).map(slow)
  return {
    findLast: chain.findLast(x => x > 50),
    findLastIndex: chain.findLastIndex(x => x > 50),
    findMap: chain.findMap(x => (x > 50 ? `${x}` : undefined)),
    positions: chain.positions(x => x > 50),
    take: chain.take(some).toArray(),
    skipped: par(xs as readonly number[])
      .skip(some)
      .take(5)
      .map(slow)
      .toArray(),
    stepped: par(xs as readonly number[])
      .stepBy(some + 1)
      .rev()
      .toArray(),
    blocks: chain.blocks(some + 1).toArray(),
    blocksFind: chain.blocks(some + 1).findIndex(x => x > 50),
    mapInit: chain
      .mapInit(
        () => ({ buffer: new Float64Array(1) }),
        ({ buffer }, x, i) => {
          buffer[0] = x
          return buffer[0] + i
        },
      )
      .toArray(),
    mapInitWith: par(xs as readonly number[])
      .with({ some })
      .mapInit(
        ({ some }) => [some],
        (state, x, { some }) => x + state[0]! - some,
      )
      .toArray(),
    toMap: chain.map(x => [Math.floor(x) % 5, x] as const).toMap(),
    join: chain.map(x => Math.floor(x)).join('-'),
    enumerate: chain.enumerate().toArray(),
    zip: chain.zip(xs as readonly number[]).toArray(),
    zipWith: chain.zip(xs as readonly number[], (a, b) => a - b).toArray(),
    inspect: chain.inspect(x => x).count(),
    some: chain.some(x => x > 50),
    every: chain.every(x => x > -50),
  }
})

export const taken = task((count: number, some: number, calls: Int32Array) =>
  par(count)
    .with({ calls })
    .filter((x, { calls }) => {
      for (let i = 0, y = x; i < 100; i++) y = Math.sin(y)
      calls[x] = 1
      return x % 3 === 0
    })
    .takeAny(some),
)

/** How many states were made for so many elements. */
export const states = task((count: number, made: Int32Array) => {
  par(count)
    .with({ made })
    .forEachInit(
      ({ made }) => Atomics.add(made, 0, 1),
      (_, x) => {
        for (let i = 0, y = x; i < 100; i++) y = Math.sin(y)
      },
    )
  return made[0]
})

export const ranges = task((from: number, to: number, step: number, cells: Int32Array) => {
  par.for(0, cells.length, { cells }, (i, { cells }) => {
    cells[i]! += 1
  })
  return par.range(from, to, step).toArray()
})

export const pieces = task((xs: readonly number[], text: string, size: number) => ({
  arrays: par.chunks(xs, size).toArray(),
  texts: par.chunks(text, size).toArray(),
  views: par
    .chunks(shared.f64(xs), size)
    .map(view => view.reduce((a, b) => a + b, 0))
    .toArray(),
  windows: par
    .windows(shared.f64(xs), size)
    .map(view => view[0]! - view.at(-1)!)
    .toArray(),
}))

export const collections = task((entries: readonly (readonly [string, number])[]) => ({
  map: par(new Map(entries))
    .map(([key, value]) => `${key}=${value}`)
    .toArray(),
  set: par(new Set(entries.map(([key]) => key))).toArray(),
}))

export const algorithms = task((xs: readonly number[], k: number) => {
  const [yes, no] = partition(shared.f64(xs), (x, i) => x > 0 && i % 3 !== 0)
  const keys = shared.i32(xs)
  const narrow = shared.i8(xs)
  const wide = shared.i64(keys, BigInt)
  return {
    yes: [...yes],
    no: [...no],
    unique: [...unique(shared.f64(xs))],
    uniqueBytes: [...unique(shared.u8(xs))],
    kth: xs.length === 0 ? 0 : kthSmallest(shared.f64(xs), k % xs.length),
    runs: chunkBy(shared.f64(xs), (a, b) => a <= b).map(run => Array.from(run)),
    sorted: [keys, narrow, wide].map(column => {
      const places = shared.i32(column.length, i => i)
      return [[...integerSort(column, places)], [...places]]
    }),
    histogram: [...histogram(shared.u8(xs), 256)],
  }
})

export const blurred = task((grid: Float64Array, columns: number, radius: number, steps: number) =>
  stencil(grid, columns, (g, at, w) => (g[at - w]! + g[at + w]! + 2 * g[at - 1]! + 3 * g[at + 1]!) / 7, {
    radius,
    steps,
  }),
)

export const nodes = task((most: number) =>
  walkTree([1], ([n]) => {
    for (let i = 0, y = n!; i < 100; i++) y = Math.sin(y)
    return n! * 3 < 20_000 ? [[3 * n! - 1], [3 * n!], [3 * n! + 1]] : []
  })
    .map(([n]) => n!)
    .filter(n => n <= most),
)

/** Elements that are frozen, or change while others read them; and arrays with holes. */
export const hostile = task((count: number) => {
  const frozen = Object.freeze(Array.from({ length: count }, (_, at) => Object.freeze({ at })))
  // oxlint-disable-next-line no-sparse-arrays -- that is the point
  const holes = [1, , 3, ,]
  const numbers = Array.from({ length: count }, (_, at) => at)
  const source = par(numbers)
  numbers.fill(-1)
  numbers.length = 0
  return {
    frozen: par(frozen)
      .map(({ at }) => at)
      .sum(),
    holes: par(holes)
      .map(x => typeof x)
      .toArray(),
    taken: source.map(x => x).toArray().length,
    first: source.min(),
  }
})
