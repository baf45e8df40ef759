import { fork, invokeAll, join, task, type Forked } from 'filch'

/** Shapes of fork and join. */

/** Forks `n` before it joins the first. */
export const pile = task((n: number): number => {
  const forks: Forked<number>[] = []
  for (let i = 0; i < n; i++) forks.push(square.fork(i % 100))
  let sum = 0
  for (let i = n; i-- > 0;) sum += square.join(forks[i]!)
  return sum
})

export const square = task((n: number) => n * n)

/** A fork pending at each of `n` levels of the recursion. */
export const descend = task((n: number): number => {
  if (n === 0) return 0
  const right = square.fork(n % 10)
  return descend(n - 1) + square.join(right)
})

export const isEven = task((n: number): boolean => (n === 0 ? true : isOdd.join(isOdd.fork(n - 1))))
export const isOdd = task((n: number): boolean => (n === 0 ? false : isEven.join(isEven.fork(n - 1))))

/** Ackermann's function, by three tasks that fork each other. */
export const ackermann = task((m: number, n: number): number => {
  if (m === 0) return n + 1
  if (n === 0) return one.join(one.fork(m))
  return inner(m, n)
})
const one = task((m: number): number => ackermann(m - 1, 1))
const inner = task((m: number, n: number): number => {
  const forked = fork(ackermann, m, n - 1)
  return ackermann(m - 1, join(forked))
})

export const greet = task((name: string, greeting = 'hello', mark?: string) => `${greeting} ${name}${mark ?? '.'}`)
export const total = task((...numbers: number[]) => numbers.reduce((sum, n) => sum + n, 0))
export const count = task(function (this: unknown, _a?: number, _b?: number): number {
  // oxlint-disable-next-line prefer-rest-params -- what is tested
  return arguments.length
})
export const eight = task(
  (
    a: number,
    b: string,
    c: boolean,
    d: null,
    e: bigint,
    f: readonly number[],
    g: { readonly h: number },
    h: undefined,
  ) => [a, b, c, d, e, f, g, h].map(value => typeof value).join(),
)
export const pick = task(({ x, y }: { readonly x: number; readonly y: number }, [z]: readonly [number]) => x + y + z)
export const nothing = task(() => {})
export const now = task(() => 'now')

export const callAll = task(() => {
  const forks = [greet.fork('a'), greet.fork('b', 'hi'), greet.fork('c', undefined, '!')] as const
  const numbers = [total.fork(), total.fork(1), total.fork(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)] as const
  const counts = [count.fork(), count.fork(1), count.fork(1, 2), count.fork(undefined)] as const
  const wide = eight.fork(1, 'b', true, null, 5n, [6], { h: 7 }, undefined)
  const picked = pick.fork({ x: 1, y: 2 }, [3])
  const none = nothing.fork()
  const generic = fork(greet, 'd')
  const genericRest = fork(total, 1, 2)
  const genericNow = fork(now)
  return [
    join(genericNow),
    join(genericRest),
    join(generic),
    nothing.join(none),
    pick.join(picked),
    eight.join(wide),
    ...[3, 2, 1, 0].map(i => count.join(counts[i]!)),
    ...[2, 1, 0].map(i => total.join(numbers[i]!)),
    ...[2, 1, 0].map(i => greet.join(forks[i]!)),
  ]
})

export const calledAll: readonly unknown[] = [
  'now',
  3,
  'hello d.',
  undefined,
  6,
  'number,string,boolean,object,bigint,object,object,undefined',
  1,
  2,
  1,
  0,
  55,
  1,
  0,
  'hello c!',
  'hi b.',
  'hello a.',
]

export const values = task((given: unknown): unknown => {
  const forked = echo.fork(given)
  return join(forked)
})
export const echo = task((given: unknown): unknown => given)

export const manyKinds = task(() =>
  invokeAll([square, 7], [greet, 'x'], [total, 1, 2, 3], [nothing], [echo, { deep: [1, 2] }]),
)
export const invokeNone = task(() => invokeAll())
export const failSecond = task(() => invokeAll([square, 1], [fail, 'second'], [fail, 'third']))
export const failFirst = task(() => invokeAll([fail, 'first'], [fail, 'second']))
export const fail = task((message: string): number => {
  throw new RangeError(message)
})

/** Joins a tree of the given depth, three children a node, by the generic pair. */
export const tree = task((depth: number): number => {
  if (depth === 0) return 1
  const a = fork(tree, depth - 1)
  const b = fork(tree, depth - 1)
  const left = tree(depth - 1)
  const middle = join(b)
  return left + middle + join(a)
})

/** Forks and joins by turns, so that frames are used again at once. */
export const flat = task((n: number): number => {
  let sum = 0
  for (let i = 0; i < n; i++) sum += square.join(square.fork(i & 7))
  return sum
})
