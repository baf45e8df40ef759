// Twenty tasks with arguments of many kinds and numbers, and what they return as mixed. Whatever V8 learns about code that
// all tasks share, it has unlearned after these have run: the state in which a real program leaves it.
import { task } from 'filch'

interface Span {
  readonly from: number
  readonly to: number
}

const leaf = task((): number => 1)
const int = task((n: number): number => (n < 2 ? n : int(n - 1) + int.join(int.fork(n - 2))))
const double = task((x: number): number => (x < 0.5 ? x : double(x / 2) + double.join(double.fork(x / 2 - 0.25))))
const text = task((s: string): string => (s.length < 2 ? s : text(s.slice(1)) + text.join(text.fork(s.slice(0, 1)))))
const flag = task((yes: boolean): boolean => (yes ? flag.join(flag.fork(!yes)) : !yes))
const big = task((n: bigint): bigint => (n < 2n ? n : big(n - 1n) + big.join(big.fork(n - 2n))))
const nothing = task((x: null | undefined): null | undefined =>
  x === null ? nothing.join(nothing.fork(undefined)) : x,
)
const span = task(({ from, to }: Span): number => {
  if (to - from < 2) return from
  const middle = (from + to) >> 1
  const right = span.fork({ from: middle, to })
  return span({ from, to: middle }) + span.join(right)
})
const list = task((xs: readonly number[]): number => {
  if (xs.length < 2) return xs[0] ?? 0
  const right = list.fork(xs.slice(xs.length >> 1))
  return list(xs.slice(0, xs.length >> 1)) + list.join(right)
})
const ints = task((from: number, to: number): number => {
  if (to - from < 2) return from
  const right = ints.fork((from + to) >> 1, to)
  return ints(from, (from + to) >> 1) + ints.join(right)
})
const doubleInt = task((x: number, n: number): number =>
  n === 0 ? x : doubleInt(x * 0.5, n - 1) + doubleInt.join(doubleInt.fork(x * 0.25, n - 1)),
)
const textInt = task((s: string, n: number): string =>
  n === 0 ? s : textInt(`${s}a`, n - 1) + textInt.join(textInt.fork('b', n - 1)),
)
const spanInt = task((o: Span, n: number): Span =>
  n === 0 ? o : spanInt.join(spanInt.fork({ from: o.to, to: o.from + spanInt(o, n - 1).to }, n - 1)),
)
const bigFlag = task((n: bigint, yes: boolean): bigint =>
  n < 2n ? (yes ? n : 1n) : bigFlag(n - 1n, !yes) + bigFlag.join(bigFlag.fork(n - 2n, yes)),
)
const cells = task((xs: Float64Array, from: number, to: number): number => {
  if (to - from < 2) return xs[from]!
  const right = cells.fork(xs, (from + to) >> 1, to)
  return cells(xs, from, (from + to) >> 1) + cells.join(right)
})
const three = task((a: number, b: number, c: number): number =>
  a === 0 ? b + c : three(a - 1, b + 1, c) + three.join(three.fork(a - 1, b, c + 0.5)),
)
const mixed3 = task((s: string, x: number, o: Span): string =>
  x === 0 ? s : mixed3(s, x - 1, o) + mixed3.join(mixed3.fork('c', x - 1, o)),
)
const four = task((a: number, b: number, c: number, d: number): number =>
  a === 0 ? b + c + d : four(a - 1, c, d, b) + four.join(four.fork(a - 1, d, b, c)),
)
const mixed5 = task((n: number, s: string, b: bigint, f: boolean, xs: readonly string[]): number =>
  n === 0 ? s.length + xs.length + Number(b) + Number(f) : mixed5.join(mixed5.fork(n - 1, s, b + 1n, !f, xs)) + 1,
)
const six = task((n: number, a: number, b: string, c: Span, d: null, e: boolean): number =>
  n === 0 ? a : six(n - 1, a + 1, b, c, d, !e) + six.join(six.fork(n - 1, a + c.to, b, c, d, e)),
)

const shared = new Float64Array(new SharedArrayBuffer(512)).fill(0.5)
const sixtyFour = Array.from({ length: 64 }, (_, i) => i)
const letters = ['x', 'y']

/** Runs all twenty, that many times over. Returns a sum that only right results give: {@link POLLUTION} times the rounds. */
export const pollute = task((rounds: number): number => {
  let sum = 0
  for (let i = 0; i < rounds; i++) {
    for (let j = 0; j < 50; j++) sum += leaf.join(leaf.fork())
    sum += int(10) + double(8) + text('abcdefghijklmnop').length + Number(flag(true)) + Number(big(10n))
    sum += Number(nothing(null) === undefined) + span({ from: 0, to: 64 }) + list(sixtyFour) + ints(0, 64)
    sum += doubleInt(1024, 5) + textInt('z', 5).length + spanInt({ from: 1, to: 2 }, 4).to + Number(bigFlag(9n, true))
    sum += cells(shared, 0, 64) + three(5, 1, 2) + mixed3('d', 5, { from: 0, to: 1 }).length + four(5, 1, 2, 3)
    sum += mixed5(20, 'e', 1n, false, letters) + six(5, 1, 'f', { from: 2, to: 3 }, null, true)
  }
  return sum
})

/** What one round of {@link pollute} adds up to. */
export const POLLUTION = 7585
