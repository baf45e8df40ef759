import { type Body, explain } from './body.ts'

/** Runs `work`, which calls `bodies`; says what to do if one of them uses a variable that it cannot see. */
export function explained<R>(bodies: readonly Body[], work: () => R): R {
  try {
    return work()
  } catch (error) {
    throw explain(error, bodies, false)
  }
}
