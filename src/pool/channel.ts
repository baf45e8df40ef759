import { type ChannelOptions, openHere } from '../channel/channel.ts'
import type { Receiver } from '../channel/receiver.ts'
import type { Sender } from '../channel/sender.ts'
import { shared } from './default.ts'

/**
 * A queue from any number of senders to one receiver. Messages are copied, as arguments are; those of one sender arrive in its order, and what
 * was sent before something else was begun to be sent arrives before it, whoever sent the two.
 *
 * Both ends can be sent to other tasks: as arguments, in results, through channels. **A sender that is sent stays usable, a receiver moves.**
 * An end is closed by `close`, by `using`, or when the task that made it or was given it ends, also by the death of its thread.
 * Outside of tasks close what you do not need: as long as one sender is left, the receiver waits.
 *
 * In a task the channel belongs to its pool, outside to the default pool; see also {@link Pool.channel}.
 *
 * @example
 * ```ts
 * import { equal } from 'node:assert/strict'
 * import { channel, run, type Sender, spawn, task } from 'filch'
 *
 * export const count = task((to: Sender<number>, n: number) => {
 *   for (let i = 1; i <= n; i++) to.send(i)
 * })
 * export const sum = task(function* (n: number) {
 *   const [sender, receiver] = channel<number>()
 *   spawn(count, sender, n)
 *   sender.close()
 *   let total = 0
 *   yield* receiver.forEach(i => (total += i))
 *   return total
 * })
 *
 * if (import.meta.main) equal(await run(sum, 100), 5050)
 * ```
 *
 * @throws {OptionError} if the capacity cannot be used
 */
export function channel<T>(options: ChannelOptions = {}): [sender: Sender<T>, receiver: Receiver<T>] {
  return openHere<T>(options) ?? shared('channel').channel<T>(options)
}
