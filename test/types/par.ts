import { par, Pool, random, shared, task } from 'filch'

/** Read by the compiler alone (npm run check): what must be inferred in chains, and what must not compile. Nothing here runs. */

type Probe<A> = <T>() => T extends A ? 1 : 2
type Same<A, B> = Probe<A> extends Probe<B> ? true : false
function same<A, B>(..._same: Same<A, B> extends true ? [] : [never]): void {}

const twice = task((n: number) => 2 * n)
const first = task((xs: Float64Array) => xs[0]!)

export async function inferred(pool: Pool): Promise<void> {
  const own = new Float64Array(3)
  const xs = shared.f64(3)
  const k = 3
  const sum = par(xs)
    .with({ k, twice })
    .map((x, { k, twice }) => twice(x) * k)
    .filter(x => x > 2)
    .sum()
  same<typeof sum, number>()
  const words = par(['a', 'b'])
    .map(x => x.toUpperCase())
    .toArray()
  same<typeof words, string[]>()
  const present = par([1, null])
    .filter(x => x !== null)
    .toArray()
  same<typeof present, number[]>()
  const some = par(new Set(['a']))
    .filterMap(x => (x === 'a' ? x.length : undefined))
    .toArray()
  same<typeof some, number[]>()
  const awaited = await par.on(pool)(xs).map(Math.sqrt).toShared('f64')
  same<typeof awaited, Float64Array<SharedArrayBuffer>>()
  const parsed: unknown[] = par(['{}'])
    .map(x => JSON.parse(x))
    .toArray()
  same<typeof parsed, unknown[]>()
  par(3)
    .map(() => {
      throw new Error('always')
    })
    .count()
  par(3).forEach(twice)
  par(3)
    .with({ random })
    .map((i, { random }) => random(7, i))
    .sum()

  // What is shared may be written, what is not may be read, and handed to what takes such an array.
  par(3)
    .with({ xs })
    .forEach((i, { xs }) => {
      xs[i] = 1
    })
  par.chunks(xs, 2).forEach(part => part.sort())
  par(3)
    .with({ own, first })
    .map((i, { own, first }) => own[i]! + first(own))
    .sum()
  par.chunks(own, 2).map(first).sum()
}

export function refused(): void {
  const own = new Float64Array(3)
  const chain = par(3).with({ own })
  const bridge = par.bridge([1])
  // @ts-expect-error a write that would be lost
  chain.forEach((i, { own }) => void (own[i] = 1))
  // @ts-expect-error the same
  chain.forEach((i, { own }) => own.fill(i))
  // @ts-expect-error the same
  par.for(0, 3, { own }, (i, { own }) => void (own[i] = 1))
  // @ts-expect-error the same
  void bridge.with({ own }).forEach((i, { own }) => void (own[i] = 1))
  // @ts-expect-error the same in an element
  par.chunks(own, 2).forEach(part => part.sort())
  // @ts-expect-error text is read by par.lines
  par('abc')
  // @ts-expect-error a body cannot be async
  par(3).map(async x => x)
  // @ts-expect-error nor return a promise
  par(3).forEach(() => Promise.resolve())
  // @ts-expect-error nor say so later whether it keeps an element
  par(3).filter(async x => x > 1)
  // @ts-expect-error nor find something later
  par(3).findMap(async x => x)
  // @ts-expect-error in a bridge neither
  bridge.map(async x => x)
  // @ts-expect-error a function that is not a task
  chain.with({ f: (x: number) => x })
}
