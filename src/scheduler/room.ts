import { now } from './clock.ts'

/** 56 kB in arguments of a call. */
const room: readonly number[] = Array.from({ length: 7168 }, () => 0)

function nothing(): void {}

/**
 * Throws V8's own RangeError if the thread's stack has less than 56 kB left: before the begin of what must not end half way.
 *
 * V8 looks whether the elements of an array fit on the stack before it calls with them, and never calls with so many in
 * another way; what a recursive or bound function takes is up to the optimizer. 40 of the kilobytes are what V8 wants in order
 * to compile a function, which it does as late as at the first call, or again long after the last. It takes 6 us.
 */
export function needRoom(): void {
  Reflect.apply(nothing, undefined, room)
}

/** 4 kB. */
const some = room.slice(0, 512)
let asked = -Infinity

/**
 * The same for what is called often, and takes a few kilobytes where it is compiled: those are asked for each time, in 0.4 us,
 * and the whole once in a millisecond.
 */
export function needSome(): void {
  Reflect.apply(nothing, undefined, some)
  const at = now()
  if (at - asked < 1) return
  needRoom()
  asked = at
}

/** True if {@link needRoom} would not throw. */
export function roomy(): boolean {
  try {
    needRoom()
    return true
  } catch {
    return false
  }
}
