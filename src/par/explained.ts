import { type Body, explain } from './body.ts'

/** Runs `work`, which calls `bodies`; says what to do if one of them uses a variable that it cannot see. */
export function explained<R>(bodies: readonly Body[], work: () => R): R {
  try {
    return work()
  } catch (error) {
    throw explain(error, bodies, false)
  }
}

/** `error` as the user gets it from a chain: with the index of the element at which it was thrown. */
export function locate(error: unknown, index: number, bodies: readonly Body[], located: boolean): unknown {
  const known = explain(error, bodies)
  if (!located) return known
  if (known instanceof Error && Object.isExtensible(known) && !Object.hasOwn(known, 'index')) {
    Object.defineProperty(known, 'index', { value: index, enumerable: true, configurable: true, writable: true })
  }
  return known
}
