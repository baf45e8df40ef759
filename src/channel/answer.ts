/** What asking for a message can come to. */
export const READY = 1
export const NOTHING = 0
export const OVER = -1

/** In place of a number of messages: asking would come to nothing. */
export const ASLEEP = -1

/** Whoever waits for a message and takes whatever comes. */
export interface Direct {
  /** A message is set aside for it. */
  accept(): void
}
