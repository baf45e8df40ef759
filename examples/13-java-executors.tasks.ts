import { type Handle, spawn, spawnWith, task, yieldNow } from 'filch'

export const twice = task((n: number): number => 2 * n)

export const fails = task((what: string): number => {
  throw new RangeError(what)
})

/** Ends by being canceled alone: yieldNow is where it looks, as a thread looks at its interrupt flag. */
export const endless = task((): never => {
  for (;;) yieldNow()
})

/** StructuredTaskScope, ShutdownOnFailure: a failure that nobody waits for ends the parent and its other children. */
export const allOrNothing = task(function* (ok: boolean) {
  const first = spawn(twice, 20)
  const second = ok ? spawn(twice, 1) : spawn(fails, 'second')
  if (!ok) spawn(endless)
  return (yield* first.join()) + (yield* second.join())
})

/** Joiner.awaitAll: what became of each, and nobody else is bothered. */
export const eachForItself = task(function* () {
  const handles: Handle<number>[] = [spawnWith({ supervised: true }, fails, 'first'), spawn(twice, 4)]
  const seen: string[] = []
  for (const handle of handles) {
    const outcome = yield* handle.result()
    seen.push(outcome.ok ? `${outcome.value}` : `${outcome.error as Error}`)
  }
  return seen
})
