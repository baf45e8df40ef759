/** More is sent at once, since it may be refused. */
const SHORT = 10_000

/** It cannot change, and any message can hold it. */
export function isPrimitive(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
      return value.length < SHORT
    case 'object':
      return value === null
    case 'function':
    case 'symbol':
    case 'bigint':
      return false
    default:
      return true
  }
}
