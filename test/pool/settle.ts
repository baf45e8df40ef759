/** What became of a promise within `ms`: its value, `{ error }`, or `'hangs'`. */
export async function settled<T>(
  promise: Promise<T>,
  ms = 25_000,
): Promise<{ value: T } | { error: unknown } | 'hangs'> {
  const { promise: late, resolve } = Promise.withResolvers<'hangs'>()
  const timer = setTimeout(resolve, ms, 'hangs')
  const end = promise.then(
    value => ({ value }),
    (error: unknown) => ({ error }),
  )
  try {
    return await Promise.race([end, late])
  } finally {
    clearTimeout(timer)
  }
}

/** What `promise` rejected with within `ms`. Throws if it did not. */
export async function failure(promise: Promise<unknown>, ms = 25_000): Promise<unknown> {
  const end = await settled(promise, ms)
  if (end === 'hangs') throw new Error(`has not settled within ${ms} ms`)
  if ('value' in end) throw new Error(`resolved to ${String(end.value)}`)
  return end.error
}
