import {
  fork,
  type Forked,
  invokeAll,
  join,
  Pool,
  run,
  runSync,
  runWith,
  scope,
  type Sendable,
  task,
  type Task,
} from 'filch'

/** Read by the compiler alone (npm run check): what must be inferred, and what must not compile. Nothing here runs. */

type Probe<A> = <T>() => T extends A ? 1 : 2
type Same<A, B> = Probe<A> extends Probe<B> ? true : false
function same<A, B>(..._same: Same<A, B> extends true ? [] : [never]): void {}

const add = task((a: number, b: number) => a + b)
const greet = task((name: string, mark?: string) => `${name}${mark ?? ''}`)
const total = task((...all: number[]) => all.length)
const point = task((at: { x: number; list: number[] }) => ({ x: at.x, tags: new Set(['a']) }))
const fails = task((): never => {
  throw new Error('always')
})
const fill = task((cells: Int32Array, by: Task<(a: number, b: number) => number>) => void by(cells[0]!, 1))
const named = task(import.meta, (n: bigint) => n)

export function inferred(pool: Pool): void {
  same<typeof add, Task<(a: number, b: number) => number>>()
  same<ReturnType<typeof named>, bigint>()
  same<ReturnType<typeof fails>, never>()

  const forked = add.fork(1, 2)
  same<typeof forked, Forked<number>>()
  const sum = add.join(forked)
  same<typeof sum, number>()
  const generic = fork(greet, 'a')
  same<typeof generic, Forked<string>>()
  const text = join(generic)
  same<typeof text, string>()
  const made = point.join(point.fork({ x: 1, list: [1] }))
  same<typeof made, { x: number; tags: Set<string> }>()
  // What a fork takes is read only, all the way down.
  point.fork(Object.freeze({ x: 1, list: Object.freeze([1]) }))
  fork(point, Object.freeze({ x: 1, list: Object.freeze([1]) }))

  greet.fork('a', '!')
  total.fork()
  total.fork(1, 2, 3)
  fill.fork(new Int32Array(new SharedArrayBuffer(4)), add)

  const all = invokeAll([add, 1, 2], [greet, 'a'], [point, { x: 1, list: [] }], [total])
  same<typeof all, [number, string, { x: number; tags: Set<string> }, number]>()

  const inside = scope(s => {
    s.spawn(add, 1, 2)
    s.spawn(greet, 'a')
    return 5n
  })
  same<typeof inside, bigint>()

  const one = run(add, 1, 2)
  same<typeof one, Promise<number>>()
  const two = pool.run(greet, 'a', undefined)
  same<typeof two, Promise<string>>()
  const three = runWith({ timeout: 5 }, point, { x: 1, list: [] })
  same<typeof three, Promise<{ x: number; tags: Set<string> }>>()
  const four = runSync(add, 1, 2)
  same<typeof four, number>()
  const five = pool.broadcast(add, 1, 2)
  same<typeof five, Promise<number[]>>()

  same<Sendable<unknown>, unknown>()
  same<Sendable<Map<string, number[]>>, Map<string, number[]>>()
}

export function refused(pool: Pool): void {
  // @ts-expect-error a task cannot be async
  task(async () => {})
  // @ts-expect-error nor return a promise
  task(() => Promise.resolve(1))
  // @ts-expect-error nor take a function
  task((f: () => number) => f())
  // @ts-expect-error nor have one deep in an argument
  task((data: { list: { save: () => void }[] }) => data.list.length)
  // @ts-expect-error nor return one
  task(() => () => 1)
  // @ts-expect-error nor take a symbol
  task((s: symbol) => String(s))
  // @ts-expect-error nor return one
  task(() => ({ s: Symbol('s') }))
  // @ts-expect-error nor take a promise
  task((p: Promise<number>) => void p)
  // @ts-expect-error nor take weak references
  task((w: WeakMap<object, number>) => void w)
  // @ts-expect-error nor a map of functions
  task((m: Map<string, () => void>) => m.size)
  // @ts-expect-error not a function
  task(5)

  // @ts-expect-error too few arguments
  add.fork(1)
  // @ts-expect-error too many
  add.fork(1, 2, 3)
  // @ts-expect-error of another type
  add.fork(1, '2')
  // @ts-expect-error of another type
  fork(add, '1', 2)
  // @ts-expect-error too few
  fork(add, 1)
  // @ts-expect-error not a task
  fork((n: number) => n, 1)
  // @ts-expect-error of another type
  void run(add, 1, '2')
  // @ts-expect-error too few
  void pool.run(add, 1)
  // @ts-expect-error not a task
  void run((n: number) => n, 1)
  // @ts-expect-error of another type
  runSync(greet, 1)
  // @ts-expect-error no such option
  void runWith({ time: 5 }, add, 1, 2)
  // @ts-expect-error a number is not a fork
  join(5)
  // @ts-expect-error the fork of a task with another result
  greet.join(add.fork(1, 2))
  // @ts-expect-error the second call has an argument of another type
  invokeAll([add, 1, 2], [greet, 5])
  // @ts-expect-error too few arguments in the first
  invokeAll([add, 1], [greet, 'a'])
  // @ts-expect-error of another type
  scope(s => s.spawn(add, 1, 'b'))
  // @ts-expect-error no such option
  void new Pool({ thread: 1 })
  // @ts-expect-error no such discipline
  void new Pool({ immutability: 'none' })
}
