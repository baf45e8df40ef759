import { type Receiver, type Sender, task } from 'filch'

/** Numbers of one sender come as `who + i * SENDERS`. */
export const SENDERS = 8

/** Sends `n` numbers; now and then what is no number, or a sender that is let go at the other end. */
export const pour = task(function* (to: Sender<unknown>, who: number, n: number, odd: number) {
  for (let i = 0; i < n; i++) {
    const number = who + i * SENDERS
    const message =
      odd === 0 || i % odd > 0 ? number : i % (3 * odd) === 0 ? { number, to } : { number, text: 'x'.repeat(40) }
    yield* to.send(message)
  }
})
/** All that comes, until it ends or `most` have come: for each sender how many, and the first fault. */
export const drain = task(function* (from: Receiver<unknown>, counts: readonly number[], most: number) {
  const next = [...counts]
  let left = most
  try {
    for (; left > 0; left--) {
      const message = yield* from.receive()
      let number = message as number
      if (typeof message === 'object') {
        const kept = message as { number: number; to?: Sender<unknown> }
        ;({ number } = kept)
        kept.to?.close()
      }
      const who = number % SENDERS
      if (next[who]! * SENDERS + who !== number)
        throw new Error(`sender ${who}: ${number} came, not its ${next[who]}th`)
      next[who]!++
    }
  } catch (error) {
    if ((error as Error).name !== 'DisconnectedError' && (error as { code?: string }).code !== 'ERR_FILCH_DISCONNECTED')
      throw error
    return { next, from: undefined }
  }
  return { next, from }
})
