import { once } from 'node:events'
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'

import type { Bench, Settings, Variant } from '../support/bench.ts'
import { expect, samplesWarm } from '../support/clock.ts'
import { inPool } from '../support/pool.ts'
import type { Given } from '../threads/port.ts'
import { consume, consumeEach, type Kind, type Message, messages, produce, produceBounded } from './channel.tasks.ts'

const ROUNDS = 7
const COUNTS: Readonly<Record<Kind, number>> = { number: 400_000, bytes: 40_000, record: 16_000 }
const countOf = (kind: Kind, { quick }: Settings): number => COUNTS[kind] / (quick ? 40 : 1)

/** From one task on worker 0, or several, to one on worker 1. */
function channel(kind: Kind, senders = 1, capacity = Infinity, each = false): Variant {
  return {
    measure: settings =>
      inPool(2, async pool => {
        const count = countOf(kind, settings)
        const samples = await samplesWarm(ROUNDS, 2, async () => {
          const [sender, receiver] = pool.channel<Message>({ capacity })
          const before = performance.now()
          const received = pool.spawnWith({ on: 1 }, each ? consumeEach : consume, receiver)
          for (let i = 0; i < senders; i++) {
            if (capacity === Infinity) pool.spawnWith({ on: 0 }, produce, sender, kind, count / senders)
            else pool.spawnWith({ on: 0 }, produceBounded, sender, count / senders)
          }
          sender.close()
          expect((await received)[0], count)
          return performance.now() - before
        })
        return { samples, operations: count }
      }),
  }
}

function port(kind: Kind): Variant {
  return {
    async measure(settings) {
      const count = countOf(kind, settings)
      const { port1, port2 } = new MessageChannel()
      const start = (port: MessagePort, sends: boolean): Worker =>
        new Worker(new URL('../threads/port.ts', import.meta.url), {
          workerData: { port, sends, message: messages[kind], count } satisfies Given,
          transferList: [port],
        })
      const sender = start(port1, true)
      const receiver = start(port2, false)
      await Promise.all([once(sender, 'message'), once(receiver, 'message')])
      const samples = await samplesWarm(ROUNDS, 2, async () => {
        const before = performance.now()
        sender.postMessage('go')
        await once(receiver, 'message')
        return performance.now() - before
      })
      await Promise.all([sender.terminate(), receiver.terminate()])
      return { samples, operations: count }
    },
  }
}

/** What a receiver of byte arrays cannot do without: a new array for each, filled from shared memory. On one thread that does nothing else. */
const copies: Variant = {
  async measure(settings) {
    const count = countOf('bytes', settings)
    const { length } = messages.bytes
    const shared = new SharedArrayBuffer(64 * 2 * length)
    const samples: number[] = []
    for (let round = -2; round < ROUNDS; round++) {
      const before = performance.now()
      let bytes = 0
      for (let i = 0; i < count; i++)
        bytes += new Uint8Array(new Uint8Array(shared, (i & 63) * 2 * length, length)).length
      expect(bytes, count * length)
      if (round >= 0) samples.push(performance.now() - before)
    }
    return { samples, operations: count }
  },
}

export const bench: Bench = {
  question: 'How fast do messages go from one worker to another?',
  method:
    'One task sends and another, on the other worker, receives all, by a `yield*` for each; the time from the spawn of both to the end of ' +
    'the receiver. The ports: two bare threads, one of which posts them all. A round is 400,000 numbers, 40,000 byte arrays of 1 KB, 16,000 objects of about 1 KB as JSON; seven rounds after half a second of them to warm up.',
  unit: 'ms',
  each: 'message',
  variants: {
    'port, numbers': port('number'),
    'channel, numbers': channel('number'),
    'channel, numbers, forEach': channel('number', 1, Infinity, true),
    'channel, numbers, four senders': channel('number', 4),
    'channel of 1024, numbers': channel('number', 1, 1024),
    'port, bytes': port('bytes'),
    'channel, bytes': channel('bytes'),
    'copies of bytes alone': copies,
    'port, objects': port('record'),
    'channel, objects': channel('record'),
  },
  checks: [
    { what: 'numbers, times faster than a port', of: 'channel, numbers', to: 'port, numbers', gain: true, least: 20 },
    { what: 'numbers by forEach', of: 'channel, numbers, forEach', to: 'port, numbers', gain: true },
    { what: 'four senders', of: 'channel, numbers, four senders', to: 'port, numbers', gain: true, least: 12 },
    { what: 'bounded', of: 'channel of 1024, numbers', to: 'port, numbers', gain: true },
    { what: '1 KB of bytes', of: 'channel, bytes', to: 'port, bytes', gain: true, least: 3 },
    { what: 'what copies alone would allow', of: 'copies of bytes alone', to: 'port, bytes', gain: true },
    { what: '1 KB objects', of: 'channel, objects', to: 'port, objects', gain: true, least: 1.5 },
  ],
}
