/** True if the thread's stack has room for another job on top: a claim that could not be run would be lost. */
export function roomy(): boolean {
  try {
    return probe(256) === 0
  } catch {
    return false
  }
}

function probe(depth: number): number {
  return depth === 0 ? 0 : probe(depth - 1)
}

/** Adds an error that came second to the one that is on its way, as far as that one can carry it. */
