import type { Model } from './model.ts'
import { model as arena } from './structures/arena.ts'
import { model as chain } from './structures/chain.ts'
import { model as deaths } from './structures/deaths.ts'
import { model as directory } from './structures/directory.ts'
import { model as buffers } from './structures/buffers.ts'
import { model as shutdown } from './structures/shutdown.ts'
import { model as heap } from './structures/heap.ts'
import { model as deque } from './structures/deque.ts'
import { model as holders } from './structures/holders.ts'
import { model as handoff } from './structures/handoff.ts'
import { model as kill } from './structures/kill.ts'
import { model as mailbox } from './structures/mailbox.ts'
import { model as ring } from './structures/ring.ts'
import { model as scheduler } from './structures/scheduler.ts'
import { model as signal } from './structures/signal.ts'
import { model as slab } from './structures/slab.ts'
import { model as sleepers } from './structures/sleepers.ts'
import { model as slot } from './structures/slot.ts'
import { model as sync } from './structures/sync.ts'

/** Those that take longest first. */
export const models: Readonly<Record<string, Model>> = {
  kill,
  buffers,
  scheduler,
  deaths,
  sync,
  handoff,
  sleepers,
  slot,
  directory,
  chain,
  ring,
  holders,
  mailbox,
  deque,
  shutdown,
  signal,
  arena,
  slab,
  heap,
}
