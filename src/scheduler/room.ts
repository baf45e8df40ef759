/**
 * 56 kB, in words. 40 of the kilobytes are what V8 wants in order to compile a function, which it does as late as at the first call, or
 * again long after the last.
 */
const WORDS = 7168
/** After so many calls with so many arguments it is worth while to make {@link probe}. */
const MANY = 100

const room: readonly number[] = new Array<number>(WORDS).fill(0)

function nothing(): void {}

/**
 * A function that would call another with as many arguments, and never does. They are registers of its frame; so V8 looks, each time
 * that it is entered, whether they fit on the stack: the interpreter as it makes the frame, and the compilers because their code may have
 * to go back to it (test/scheduler/room.test.ts holds them to that). Compiled, that is one comparison: 4 ns.
 */
let probe: ((never: boolean) => void) | undefined
let calls = 0

/**
 * Throws V8's own RangeError if the thread's stack has less than 56 kB left: before the begin of what must not end half way.
 *
 * At first, and where text may not become code, by a call with so many arguments from an array, which V8 never makes without looking: 6 us.
 */
export function needRoom(): void {
  if (probe !== undefined) return probe(false)
  Reflect.apply(nothing, undefined, room)
  if (++calls % MANY > 0) return
  try {
    // oxlint-disable-next-line typescript/no-implied-eval -- the text is all here
    probe = new Function('f', `return n => { if (n) f(${room.join()}) }`)(nothing) as typeof probe
  } catch {
    // Not where text may not become code.
  }
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
