import { par, task } from 'filch'

export const steps = ['double', 'odd', 'third', 'twice', 'index', 'sparse'] as const
export type Step = (typeof steps)[number]

export const ends = [
  'sum',
  'product',
  'min',
  'max',
  'count',
  'reduce',
  'text',
  'fold',
  'find',
  'findIndex',
  'some',
  'every',
  'minBy',
  'maxBy',
  'toArray',
  'toShared',
  'toSet',
  'partition',
  'unzip',
  'groupBy',
  'countBy',
  'histogram',
] as const
export type End = (typeof ends)[number]

/** A chain over `xs`. Its first function takes long enough to be worth somebody else's while. */
export const chain = task((xs: Float64Array | readonly number[], taken: readonly Step[], end: End): unknown => {
  const source = par(xs as readonly number[]).map(x => {
    let y = x
    for (let i = 0; i < 40; i++) y = Math.sin(y)
    return y > 2 ? y : x
  })
  let made = source
  for (const step of taken) {
    if (step === 'double') made = made.map(x => x * 2)
    if (step === 'odd') made = made.filter(x => Math.floor(x) % 2 !== 0)
    if (step === 'third') made = made.filter((_x, i) => i % 3 === 0)
    if (step === 'twice') made = made.flatMap(x => [x, -x])
    if (step === 'index') made = made.map((x, i) => x + i)
    if (step === 'sparse') made = made.filterMap(x => (x > 0 ? x / 3 : undefined))
  }
  switch (end) {
    case 'sum':
      return made.sum()
    case 'product':
      return made.map(x => 1 + x / 1e6).product()
    case 'min':
      return made.min()
    case 'max':
      return made.max()
    case 'count':
      return made.count()
    case 'reduce':
      return made.reduce((a, b) => a + b, 0)
    case 'text':
      return made.map(x => `${x},`).reduce((a, b) => a + b, '')
    case 'fold':
      return made.fold(
        () => [] as number[],
        (list, x) => {
          list.push(x)
          return list
        },
        (a, b) => [...a, ...b],
      )
    case 'find':
      return made.find(x => x > 50)
    case 'findIndex':
      return made.findIndex(x => x > 50)
    case 'some':
      return made.some(x => x > 99)
    case 'every':
      return made.every(x => x < 99)
    case 'minBy':
      return made.minBy(x => Math.abs(x - 10))
    case 'maxBy':
      return made.maxBy(x => Math.abs(x - 10))
    case 'toArray':
      return made.toArray()
    case 'toShared':
      return made.toShared('f64')
    case 'toSet':
      return made.map(x => Math.floor(x)).toSet()
    case 'partition':
      return made.partition(x => x > 10)
    case 'unzip':
      return made.map(x => [x, x + 1] as const).unzip()
    case 'groupBy':
      return made.groupBy(x => Math.floor(x) & 7)
    case 'countBy':
      return made.countBy(x => Math.floor(x) & 7)
    case 'histogram':
  }
  return made.map(x => Math.floor(x) & 15).histogram(16)
})

const better = (key: number, than: number): boolean => key < than || (Number.isNaN(than) && !Number.isNaN(key))

/** What the chain must come to, by the methods of arrays: elements with their places in the source. */
export function oracle(xs: readonly number[], taken: readonly Step[], end: End): unknown {
  let made = xs.map((x, i) => ({ x, i }))
  for (const step of taken) {
    if (step === 'double') made = made.map(({ x, i }) => ({ x: x * 2, i }))
    if (step === 'odd') made = made.filter(({ x }) => Math.floor(x) % 2 !== 0)
    if (step === 'third') made = made.filter(({ i }) => i % 3 === 0)
    if (step === 'twice')
      made = made.flatMap(({ x, i }) => [
        { x, i },
        { x: -x, i },
      ])
    if (step === 'index') made = made.map(({ x, i }) => ({ x: x + i, i }))
    if (step === 'sparse') made = made.filter(({ x }) => x > 0).map(({ x, i }) => ({ x: x / 3, i }))
  }
  const all = made.map(({ x }) => x)
  const by = (key: (x: number) => number): number | undefined =>
    all.length === 0 ? undefined : all.reduce((best, x) => (better(key(x), key(best)) ? x : best))
  switch (end) {
    case 'sum':
    case 'reduce':
      return all.reduce((a, b) => a + b, 0)
    case 'product':
      return all.reduce((a, b) => a * (1 + b / 1e6), 1)
    case 'min':
      return all.reduce((a, b) => Math.min(a, b), Infinity)
    case 'max':
      return all.reduce((a, b) => Math.max(a, b), -Infinity)
    case 'count':
      return all.length
    case 'text':
      return all.map(x => `${x},`).join('')
    case 'fold':
    case 'toArray':
      return all
    case 'toShared':
      return Float64Array.from(all)
    case 'find':
      return all.find(x => x > 50)
    case 'findIndex':
      return made.find(({ x }) => x > 50)?.i ?? -1
    case 'some':
      return all.some(x => x > 99)
    case 'every':
      return all.every(x => x < 99)
    case 'minBy':
      return by(x => Math.abs(x - 10))
    case 'maxBy':
      return by(x => -Math.abs(x - 10))
    case 'toSet':
      return new Set(all.map(x => Math.floor(x)))
    case 'partition':
      return [all.filter(x => x > 10), all.filter(x => !(x > 10))]
    case 'unzip':
      return [all, all.map(x => x + 1)]
    case 'groupBy':
      return Map.groupBy(all, x => Math.floor(x) & 7)
    case 'countBy':
      return new Map([...Map.groupBy(all, x => Math.floor(x) & 7)].map(([key, group]) => [key, group.length]))
    case 'histogram':
  }
  return all.reduce((bins, x) => {
    bins[Math.floor(x) & 15]! += 1
    return bins
  }, new Uint32Array(16))
}
