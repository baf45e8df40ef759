/** Milliseconds of each of `times` calls, whose results must all be `expected`. Warming up is the caller's. */
export async function time<T>(times: number, expected: T, work: () => T | Promise<T>): Promise<number[]> {
  const samples: number[] = []
  for (let i = 0; i < times; i++) {
    const begun = performance.now()
    const result = await work()
    samples.push(performance.now() - begun)
    expect(result, expected)
  }
  return samples
}

/** The same for work that never waits. */
export function timeSync<T>(times: number, expected: T, work: () => T): number[] {
  const samples: number[] = []
  for (let i = 0; i < times; i++) {
    const begun = performance.now()
    const result = work()
    samples.push(performance.now() - begun)
    expect(result, expected)
  }
  return samples
}

/** Checked results are what keeps a compiler from dropping the work. */
export function expect<T>(result: T, expected: T): void {
  if (!Object.is(result, expected)) throw new Error(`the result is ${String(result)} and not ${String(expected)}`)
}

/** The same for sums, which may be associated otherwise. */
export function expectNear(result: number, expected: number, what: string): void {
  if (Math.abs(result - expected) > 1e-9 * Math.abs(expected)) throw new Error(`${what}: ${result} and not ${expected}`)
}

/** Milliseconds in which V8 compiles a loop several times. */
const WARM = 500

/** Asked before each run whether it counts: not before so much time and `least` runs have gone by. */
export function warmth(least: number): () => boolean {
  const until = performance.now() + WARM
  let runs = 0
  return () => runs++ >= least && performance.now() >= until
}

/** What `times` calls of `once` say they took, of those that count ({@link warmth}). */
export async function samplesWarm(times: number, least: number, once: () => Promise<number>): Promise<number[]> {
  const samples: number[] = []
  const isWarm = warmth(least)
  while (samples.length < times) {
    const counts = isWarm()
    const took = await once()
    if (counts) samples.push(took)
  }
  return samples
}

/** As {@link time}, of runs that count once V8 has compiled what they call. */
export async function timeWarm<T>(times: number, expected: T, work: () => T | Promise<T>): Promise<number[]> {
  for (const isWarm = warmth(1); !isWarm();) expect(await work(), expected)
  return time(times, expected, work)
}

/** Busy for as long by the clock, and so no longer where neighbours take the core. Returns its argument. */
export function spin(milliseconds: number): number {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
  return milliseconds
}
