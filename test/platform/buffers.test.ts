import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'

import { expect, it } from 'vitest'

import type * as channels from '../../src/platform/node/buffers.ts'
import { Jobs } from '../../src/scheduler/jobs.ts'
import { Passport } from '../../src/scheduler/passport.ts'
import { Registry } from '../../src/scheduler/registry.ts'
import { claim, DONE, JOINED, STATE, withState } from '../../src/scheduler/slot.ts'
import { mutant } from '../support/mutant.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const { ChannelBuffers } = await mutant<typeof channels>('platform/node/buffers.ts', [
  ['FAREWELL = 5_000', 'FAREWELL = 1'],
])

function seated(registry: Registry, seat: number, line: MessagePort) {
  const buffers = new ChannelBuffers(registry)
  buffers.lines.add(line)
  const jobs = new Jobs(registry, seat, new Passport(registry, buffers, () => {}), false)
  jobs.leave = (ids, slot, word) => buffers.leave(ids, slot, word)
  return { buffers, jobs }
}

type Seated = ReturnType<typeof seated>

/** A job of `home` ends with a table that nobody but its result names. */
function end(registry: Registry, home: Seated, thief: Seated): number {
  const { arena } = registry
  const slot = home.jobs.make(1, 0, JOINED, 0)
  home.jobs.publish(slot)
  claim(arena, slot, home.jobs.state(slot), 0)
  thief.jobs.conclude(slot, new Int32Array(new SharedArrayBuffer(64)).fill(slot), false)
  Atomics.store(arena.words, slot + STATE, withState(home.jobs.state(slot), DONE, 0))
  // The writer holds what it wrote last until it writes again.
  thief.jobs.writer.begin()
  return slot
}

it('a table in a result outlives the thread that made it until it is read, and not longer', async () => {
  const registry = Registry.initialise(1)
  const { port1, port2 } = new MessageChannel()
  const thief = seated(registry, 0, port1)
  const home = seated(registry, registry.caller, port2)
  const held = async (count: number): Promise<void> => {
    do {
      collect()
      await turn()
      // Ahead of the event loop, as a thread does that joins.
      home.buffers.answer()
    } while (home.buffers.known().size !== count)
  }
  const slots = Array.from({ length: 8 }, () => end(registry, home, thief))
  await held(8)
  // Half of them are read and let go, and end.
  for (const slot of slots.slice(4)) {
    home.jobs.outcome(slot)
    home.jobs.free(slot)
  }
  await held(4)
  // All of the others were collected by their maker by now, or soon.
  for (let i = 0; i < 20; i++) await held(4)
  for (const slot of slots.slice(0, 4)) {
    expect(home.jobs.outcome(slot)).toEqual(new Int32Array(new SharedArrayBuffer(64)).fill(slot))
    home.jobs.free(slot)
  }
  await held(0)
  thief.buffers.close()
  home.buffers.close()
})

it.for(['at a look', 'by the event loop'])(
  'a question is answered though what it asks for waits on another line (%s)',
  how => {
    const registry = Registry.initialise(2)
    const [asker, announcer] = [new MessageChannel(), new MessageChannel()]
    const maker = seated(registry, registry.caller, asker.port1)
    maker.buffers.lines.add(announcer.port1)
    const id = seated(registry, 1, announcer.port2).buffers.idOf(new SharedArrayBuffer(8))
    const question = { wanted: id }
    if (how === 'at a look') {
      asker.port2.postMessage(question)
      maker.buffers.answer()
    } else maker.buffers.receive(question)
    expect(receiveMessageOnPort(asker.port2)?.message).toMatchObject({ id })
    for (const { port1 } of [asker, announcer]) port1.close()
  },
)

it('a slot that is used for other results keeps no buffers of the old ones', async () => {
  const registry = Registry.initialise(1)
  const { port1, port2 } = new MessageChannel()
  const thief = seated(registry, 0, port1)
  const home = seated(registry, registry.caller, port2)
  const used = new Set<number>()
  for (let i = 0; i < 500; i++) {
    const slot = end(registry, home, thief)
    used.add(slot)
    if (i < 499) {
      home.jobs.outcome(slot)
      home.jobs.free(slot)
    }
  }
  expect(used.size).toBe(1)
  do {
    collect()
    await turn()
    home.buffers.answer()
  } while (home.buffers.known().size !== 1)
  thief.buffers.close()
  home.buffers.close()
})
