import { Pool, type Receiver } from 'filch'

import { drain, pour, SENDERS } from './channels.tasks.ts'
import { type Part, pick, random, type Rounds } from './part.ts'

const THREADS = [2, 2, 3, 4, 1]

/** Channels of all kinds: nothing lost, the order of each sender kept, the receiver passed on in between, the end told. */
class Channels implements Rounds {
  readonly #pools = new Map<number, Pool>()

  #pool(threads: number): Pool {
    const made = this.#pools.get(threads) ?? new Pool({ threads, name: `channels${threads}` })
    this.#pools.set(threads, made)
    return made
  }

  async round(seed: number): Promise<Record<string, number>> {
    const r = random(seed)
    const pool = this.#pool(THREADS[seed % THREADS.length]!)
    const capacity = pick(r, [Infinity, Infinity, Infinity, Infinity, 1000, 10, 1, 0])
    const senders = 1 + r(SENDERS)
    const each = Math.ceil((capacity === Infinity ? 400_000 : capacity < 10 ? 4000 : 40_000) / senders)
    const odd = pick(r, [0, 0, 7, 1000])
    const [sender, receiver] = pool.channel<unknown>({ capacity })
    const sent = Array.from({ length: senders }, (_, who) => pool.spawn(pour, sender, who, each, odd))
    sender.close()
    let next: readonly number[] = Array.from({ length: SENDERS }, () => 0)
    let from: Receiver<unknown> | undefined = receiver
    while (from !== undefined) {
      const drained: { next: readonly number[]; from: Receiver<unknown> | undefined } = await pool.spawn(
        drain,
        from,
        next,
        r(4) === 0 ? 1 + r(senders * each) : Infinity,
      )
      ;({ next, from } = drained)
    }
    await Promise.all(sent)
    next.forEach((count, who) => {
      if (count !== (who < senders ? each : 0)) throw new Error(`of sender ${who}, ${count} of ${each} came`)
    })
    return { messages: senders * each }
  }

  async close(): Promise<void> {
    for (const pool of this.#pools.values()) await pool.close()
  }
}

export const channels: Part = { open: () => new Channels() }
