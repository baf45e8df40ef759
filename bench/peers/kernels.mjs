// What the peers' workers run, the same for all: every function takes one argument, because some peers pass only one.

export const next = n => n + 1

/** Busy for as long by the clock, and so no longer where neighbours take the core. */
export function spin(milliseconds) {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
  return milliseconds
}

/** The same, then a tick on a shared counter. */
export function tick({ counter, milliseconds }) {
  spin(milliseconds)
  Atomics.add(counter, 0, 1)
  return milliseconds
}
