import { BroadcastChannel, type MessagePort, workerData } from 'node:worker_threads'

import type { Memory } from '../../memory/arena.ts'
import { store } from '../../memory/atomics.ts'
import { Loop } from '../../scheduler/loop.ts'
import { Passport } from '../../scheduler/passport.ts'
import { ACTIVE, Registry, THREAD } from '../../scheduler/registry.ts'
import { stack } from '../../scheduler/context.ts'
import { takeSeat } from '../../scheduler/seat.ts'
import { Worker } from '../../scheduler/worker.ts'
import { type Discipline, Guard } from '../../wire/guard.ts'
import { ChannelBuffers, type Message } from './buffers.ts'
import { threadNumber } from './kernel.ts'

/** What the caller hands to a new thread. */
export interface Papers {
  readonly memory: Memory
  readonly threads: number
  readonly seat: number
  readonly name: string
  /** To the thread that made the pool. */
  readonly port: MessagePort
  /** What the channel of the workers is called. */
  readonly channel: string
  readonly buffers: ReadonlyMap<number, SharedArrayBuffer>
  readonly immutability: Discipline
}

/** Value of `ACTIVE` once the thread is on its way out by itself. */
export const LEAVING = 2

/** The thread's whole life. Returns when the pool stops. */
export async function serve(): Promise<void> {
  const papers = workerData as Papers
  const registry = Registry.attach(papers.memory, papers.threads)
  const buffers = new ChannelBuffers(registry, papers.buffers)
  buffers.lines.add(papers.port)
  const others = new BroadcastChannel(papers.channel)
  others.onmessage = event => buffers.receive((event as { data: Message }).data)
  others.unref()
  buffers.lines.add(others)
  const passport = new Passport(registry, buffers, url => {
    const { createRequire } = process.getBuiltinModule('node:module')
    createRequire(import.meta.url)(process.getBuiltinModule('node:url').fileURLToPath(url))
  })
  stack.salt = papers.seat + 1
  const worker = new Worker(registry, papers.seat, passport, new Guard(passport, papers.immutability))
  passport.host = worker
  worker.questions.answer = () => buffers.answer()
  worker.jobs.leave = (ids, slot, word) => buffers.leave(ids, slot, word)
  registry.arena.words[registry.seat(papers.seat) + THREAD] = threadNumber()
  stack.want = worker.wanted
  stack.seated = true
  takeSeat(papers.name)
  process.once('exit', () => store(registry.arena.words, registry.seat(papers.seat) + ACTIVE, LEAVING))
  await new Loop(worker, {
    load: url => import(url),
    live: async () => void (await import('../../live/household.ts')).householdOf(worker),
    turn: () => {
      buffers.answer()
      return new Promise(resolve => void setImmediate(resolve))
    },
  }).run()
  buffers.close()
}
