import { allocate, type ArrayOf, type Kind, kindOf, type Numbers } from '../data/kinds.ts'
import { inside } from '../par/outside.ts'
import { ownTask } from '../par/own.ts'
import { type Block, blockOf, boundsOf, given, par } from './blocks.ts'
import { borrow } from '../data/scratch.ts'
import { sort } from './sort.ts'
import { type Packing, together } from './together.ts'

interface Unique extends Block {
  readonly packing: Packing
}

/**
 * The different values of a typed array, sorted, in a new shared array of the same kind: those that a `Set` would hold,
 * one 0 for 0 and -0, and one `NaN`. In the order of first occurrence instead: `par(array).toSet()`.
 *
 * Runs in the task that calls it and on idle workers; costs one {@link sort} of a copy and one pass.
 *
 * @example
 * ```ts
 * import { deepEqual } from 'node:assert/strict'
 * import { shared, unique } from 'filch'
 *
 * deepEqual([...unique(shared.f64([3, -0, 3, NaN, 0, NaN, 1]))], [0, 1, 3, NaN])
 * ```
 *
 * @throws {OptionError} if it is no typed array
 */
export function unique<A extends Numbers>(array: A): ArrayOf<Kind> & A {
  const all = given('unique', array)
  const kind = kindOf(all)!
  const { length } = all
  return inside(() => {
    const xs = allocate(kind, length) as Numbers
    xs.set(all as never)
    sort(xs)
    const block = blockOf(length)
    const packing: Packing = {
      scratch: borrow(kind, length),
      counts: borrow('i32', Math.ceil(length / block)),
    }
    par(packing.counts.length)
      .with({ xs, block, packing } satisfies Unique)
      .forEach(firsts)
    return together(packing, block) as never
  })
}

/** The first of each run of equals. */
const firsts = ownTask((at: number, plan: Unique): void => {
  const [begin, end] = boundsOf(at, plan)
  const xs = plan.xs as Float64Array
  const to = plan.packing.scratch as Float64Array
  let next = begin
  for (let i = begin; i < end; i++) {
    const x = xs[i]!
    const before = i === 0 ? undefined : xs[i - 1]!
    // NaNs are equal here, and lie side by side.
    if (i > 0 && (x === before || (x !== x && before !== before))) continue
    to[next++] = Object.is(x, -0) ? 0 : x
  }
  plan.packing.counts[at] = next - begin
})
