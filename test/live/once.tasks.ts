import { after, channel, FilchError, mutex, select, semaphore, task, type Wait } from 'filch'

/** Why a wait that was had before, or given up, cannot be had again: the code of what `yield*` throws. */
function* refusal(wait: Wait<unknown>): Generator<Wait<unknown>, string> {
  try {
    yield* wait
  } catch (error) {
    return error instanceof FilchError ? error.code : String(error)
  }
  return 'none'
}

/** A message is received once, and what has lost a select never had one. */
export const receives = task(function* () {
  const [sender, receiver] = channel<string>()
  const [, other] = channel<string>()
  const one = receiver.receive()
  sender.send('first')
  const had = [yield* one, yield* refusal(one)]
  const lost = other.receive()
  sender.send('second')
  yield* select(lost, receiver.receive())
  const chosen = yield* (function* () {
    try {
      yield* select(lost, after(1000))
      return 'none'
    } catch (error) {
      return (error as FilchError).code
    }
  })()
  sender.send('third')
  return [...had, yield* refusal(lost), chosen, yield* receiver.receive()]
})

/** Nor is a permit or a mutex that somebody else has given to who has lost a select for it. */
export const permits = task(function* () {
  const permit = semaphore(0)
  const lost = permit.acquire()
  yield* select(lost, after(0))
  const lock = mutex()
  const guard = yield* lock.lock()
  const late = lock.lock()
  yield* select(late, after(0))
  const codes = [yield* refusal(lost), yield* refusal(late)]
  const { locked } = lock
  guard.release()
  return [...codes, permit.permits, locked, lock.locked]
})
