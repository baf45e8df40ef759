import { par, task, yieldNow } from 'filch'

const secret = 41

/** A body that uses its module, as only a task may. */
export const plusSecret = task((x: number) => x + secret + 1)

export const byTask = task((count: number) => par(count).map(plusSecret).sum())

/** The same, called by a body. */
export const helped = task((count: number) =>
  par(count)
    .with({ plusSecret })
    .map((x, { plusSecret }) => plusSecret(x))
    .sum(),
)

export const free = task((count: number) =>
  par(count)
    .map(x => x + secret)
    .sum(),
)

export const roots = task((count: number) => par(count).map(Math.sqrt).toArray())

const object = {
  half(x: number): number {
    return x / 2
  },
}
export const methods = task((count: number) => par(count).map(object.half).toArray())

/** Throws at every index in the list, after a while. */
export const failing = task((count: number, bad: readonly number[]) =>
  par(count)
    .with({ bad })
    .map((x, { bad }) => {
      let y = x
      for (let i = 0; i < 200; i++) y = Math.sin(y)
      if (bad.includes(x)) throw new RangeError(`bad ${x}`)
      return y
    })
    .count(),
)

/** The sum of numbers, and of something else at one place. */
export const odd = task((count: number, at: number, value: string | boolean | null, slow: boolean, times: boolean) => {
  const chain = par(count)
    .with({ at, value, slow })
    .map((x, { at, value, slow }) => {
      const end = performance.now() + (slow ? 5 : 0)
      while (performance.now() < end);
      return (x === at ? value : x) as number
    })
  // What is dropped must not shift the places of what follows.
  return times ? chain.product() : chain.filter(x => x !== 60).sum()
})

/** What bodies make of an array of numbers that is no typed one: each as it was, and the sign of a zero. */
export const numbers = task((xs: readonly number[]) =>
  par(xs)
    .map(x => {
      for (let i = 0, y = x; i < 50; i++) y = Math.sin(y)
      return Object.is(x, -0) ? 'minus' : String(x)
    })
    .toArray(),
)

/** So many elements, each of which takes 5 milliseconds. */
export const few = task((count: number, sum: boolean) => {
  const chain = par(count).map(spin)
  return sum ? chain.sum() : chain.into(new Float64Array(count)).reduce((a, b) => a + b, 0)
})

export const spin = task((x: number) => {
  const end = performance.now() + 5
  while (performance.now() < end);
  return x
})

/** How many elements a search looks at that finds something at `at`. */
export const looked = task((count: number, at: number, calls: Int32Array) =>
  par(count)
    .with({ at, calls })
    .find((x, { at, calls }) => {
      for (let i = 0, y = x; i < 100; i++) y = Math.sin(y)
      calls[x] = 1
      return x === at
    }),
)

export const endless = task(() =>
  par(1e9)
    .map(x => Math.sin(x))
    .sum(),
)

export const nested = task((rows: number) => par(rows).map(nestedRow).sum())
export const nestedRow = task((row: number) => {
  yieldNow()
  return par(3000)
    .with({ row })
    .map((x, { row }) => Math.sin(x) ** 2 + row)
    .sum()
})

export const inPlace = task((xs: Float64Array) =>
  par(xs)
    .map(x => x + 1)
    .into(xs),
)

/** An ordinary target is filled as a shared one is. */
export const ordinary = task((count: number) => {
  const target = new Int32Array(count)
  return par(count)
    .map(x => {
      for (let i = 0, y = x; i < 50; i++) y = Math.sin(y)
      return x * 2
    })
    .into(target)
})

/** Objects stay themselves where nothing has made new ones of them. */
export const identity = task((count: number) => {
  const objects = Array.from({ length: count }, (_, at) => ({ at }))
  const found = par(objects).filter(({ at }) => {
    for (let i = 0, y = at; i < 50; i++) y = Math.sin(y)
    return at % 2 === 0
  })
  return (
    found.toArray().every((object, i) => object === objects[i * 2]) && found.find(({ at }) => at > 3) === objects[4]
  )
})

export const unsendable = task((count: number) =>
  par(Array.from({ length: count }, (_, at) => ({ at, self: () => at })))
    .map(({ at }) => {
      for (let i = 0, y = at; i < 50; i++) y = Math.sin(y)
      return at
    })
    .sum(),
)

export const lines = task((text: string) => [par.lines(text).count(), par.lines(text).toArray().join('|').length])

export const tiles = task((rows: number, columns: number, cells: Int32Array) => {
  par
    .grid2d(rows, columns, 8)
    .with({ cells, columns })
    .forEach(({ top, bottom, left, right }, { cells, columns }) => {
      for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) cells[y * columns + x]! += 1
    })
})

export const pieces = task((xs: Float64Array) => {
  par.chunks(xs, 1000).forEach(chunk => chunk.sort())
  return par
    .windows(xs, 2)
    .filter(pair => pair[0]! > pair[1]!)
    .count()
})
