/** What a job holds that must be let go when it ends: ends of channels, handles. */
export interface Belonging {
  release(): void
}

/** All that a job holds. Most hold nothing or one thing: a set, which takes more memory than the rest of a task, is made for the second. */
export type Belongings = Belonging | Set<Belonging> | undefined

export function added(all: Belongings, thing: Belonging): Belongings {
  if (all === undefined) return thing
  if (all instanceof Set) return all.add(thing)
  return new Set([all, thing])
}

export function without(all: Belongings, thing: Belonging): Belongings {
  if (all === thing) return undefined
  if (all instanceof Set) all.delete(thing)
  return all
}

export function releaseAll(all: Belongings): void {
  if (all instanceof Set) for (const thing of all) thing.release()
  else all?.release()
}
