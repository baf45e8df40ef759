import { setImmediate as turn } from 'node:timers/promises'

import { WorkerLostError } from 'filch'

import { audited, type Audited } from '../pool/audit.ts'
import { add, cells, fib, hold } from '../pool/basic.tasks.ts'
import { dieInTree, dieStolen, exit, forkForever } from '../pool/life.tasks.ts'
import {
  catchOverflow,
  kinds,
  overflowFrom,
  overflowInFork,
  overflowInScope,
  passOn,
  raise,
} from '../task/errors.tasks.ts'
import { intruder, scopeThatHelps } from '../task/scope.tasks.ts'
import { crewOf } from './crew.ts'
import { carry, leave, stray, ways } from './faults.tasks.ts'
import { type Part, pick, type Random, random, type Rounds } from './part.ts'

const LEAVES = 64

/** One pool in which things go wrong, and what they may do to it. */
class Ward {
  readonly #its: Audited
  /** Words of shared memory that the pool used once it was warm. */
  #used = 0
  #faults = 0
  /** The longest that a run took while something went wrong and the caller was not blocked, in ms. */
  longest = 0
  #blocked = false

  constructor(threads: number) {
    this.#its = audited({ threads, name: `ward${threads}`, stackSizeMb: 1 })
  }

  get #crew(): ReturnType<typeof crewOf> {
    return crewOf(this.#its.pool.name)
  }

  /** Runs that are under way while something goes wrong. Each gives what it should, or was lost with a thread. */
  #load(r: Random, runs: number): Promise<void>[] {
    return Array.from({ length: runs }, async () => {
      const shared = cells(LEAVES)
      const text = 'x'.repeat(r(3) === 0 ? r(4000) : r(20))
      const lost = await this.#end(this.#its.pool.run(carry, shared, 0, LEAVES, text), LEAVES * text.length)
      const wrong = shared.findIndex(times => (lost ? times > 1 : times !== 1))
      if (wrong >= 0) throw new Error(`leaf ${wrong} ran ${shared[wrong]} times`)
    })
  }

  /** True if the run was lost. Throws if it gave anything else than `value`. */
  async #end(run: Promise<unknown>, value: unknown): Promise<boolean> {
    const begun = performance.now()
    try {
      const got = await run
      if (got !== value) throw new Error(`a run gave ${String(got)}, not ${String(value)}`)
      return false
    } catch (error) {
      if (error instanceof WorkerLostError) return true
      throw error
    } finally {
      if (!this.#blocked) this.longest = Math.max(this.longest, performance.now() - begun)
    }
  }

  async #lost(run: Promise<unknown>): Promise<void> {
    if (!(await this.#end(run, 'nothing'))) throw new Error('a run that ends its thread was not lost')
  }

  async #rejects(run: Promise<unknown>): Promise<unknown> {
    const end = await run.then(
      value => ({ value }),
      (error: unknown) => ({ error }),
    )
    if ('value' in end) throw new Error(`a run that fails gave ${String(end.value)}`)
    return end.error
  }

  /** The faults, each with the number of threads that it needs. They return how many they are. */
  readonly faults: Readonly<Record<string, readonly [least: number, act: (r: Random) => Promise<number>]>> = {
    'exit in a task': [
      1,
      async r => {
        const load = this.#load(r, r(4))
        await this.#lost(this.#its.pool.run(exit, r(3)))
        await Promise.all(load)
        return 1
      },
    ],
    'exit in a tree': [
      1,
      async r => {
        const shared = cells(LEAVES)
        const load = this.#load(r, r(4))
        await this.#lost(this.#its.pool.run(dieInTree, shared, 0, LEAVES, r(LEAVES)))
        await Promise.all(load)
        if (shared.some(times => times > 1)) throw new Error('a leaf ran twice')
        return 1
      },
    ],
    'exit with stolen work': [
      2,
      async r => {
        const load = this.#load(r, r(2))
        const end = await this.#its.pool.run(dieStolen, cells(1))
        if (String(end) !== 'WorkerLostError,987,144,55') throw new Error(`the joiner got ${String(end)}`)
        await Promise.all(load)
        return 1
      },
    ],
    'exit with work stolen from the caller, which blocks': [
      1,
      async r => {
        const load = this.#load(r, r(3))
        this.#blocked = true
        try {
          this.#its.pool.runSync(leave, cells(1))
          throw new Error('a runSync whose fork was lost went on')
        } catch (error) {
          if (!(error instanceof WorkerLostError)) throw error
        }
        await Promise.all(load)
        return 1
      },
    ],
    'terminate at any time': [
      1,
      async r => {
        const load = this.#load(r, 1 + r(6))
        for (let turns = r(4); turns > 0; turns--) await turn()
        const until = performance.now() + r(2000) / 1000
        while (performance.now() < until);
        const crew = this.#crew
        // Three at once may all die in the same import, and the module would be blamed.
        const doomed = r(4) === 0 ? crew.slice(0, 2) : [pick(r, crew)]
        await Promise.all(doomed.map(thread => thread.terminate()))
        await Promise.all(load)
        return doomed.length
      },
    ],
    'terminate while it starts': [
      1,
      async r => {
        const crew = this.#crew
        await pick(r, crew).terminate()
        const load = this.#load(r, 3)
        let successor = this.#crew.find(thread => !crew.includes(thread))
        while (successor === undefined) {
          await turn()
          successor = this.#crew.find(thread => !crew.includes(thread))
        }
        for (let turns = r(100); turns > 0; turns--) await turn()
        await successor.terminate()
        await Promise.all(load)
        return 2
      },
    ],
    'an error behind the back of a task': [
      1,
      async r => {
        const load = this.#load(r, r(4))
        const crew = this.#crew
        await this.#end(this.#its.pool.run(stray, pick(r, ways), r(7)), 1)
        await Promise.all(load)
        // Its thread ends when its event loop turns, and a successor starts.
        while (this.#crew.length === crew.length && this.#crew.every(thread => crew.includes(thread))) await turn()
        return 1
      },
    ],
    'no room on the stack': [
      1,
      async r => {
        const { pool } = this.#its
        const load = this.#load(r, r(3))
        const overflow = pick(r, [overflowFrom, overflowInFork, overflowInScope])
        const error = await this.#rejects(pool.run(overflow, overflow === overflowFrom ? r(700) : 0))
        if (!(error instanceof RangeError)) throw new Error(`an overflow gave ${String(error)}`)
        if ((await pool.run(catchOverflow, cells(1))) !== 610) throw new Error('an overflow that was caught did harm')
        await Promise.all(load)
        return 2
      },
    ],
    'a task that throws': [
      1,
      async r => {
        const load = this.#load(r, r(3))
        const { pool } = this.#its
        const ends = Array.from({ length: 4 }, () => this.#rejects(pool.run(raise, pick(r, kinds))))
        // One of these at a time: it waits until another worker has its fork.
        ends.push(this.#rejects(pool.run(passOn, pick(r, kinds), cells(1))))
        await Promise.all([...ends, ...load])
        return 5
      },
    ],
    'a task that throws while a joiner helps': [
      2,
      async r => {
        const { pool } = this.#its
        const gate = cells(3)
        // A joiner cannot import: every thread knows the module.
        await this.#rejects(pool.broadcast(raise, 'error'))
        // One worker holds a fork, another waits for it and helps; more of them have nothing to do with it.
        const waiting = pool.run(scopeThatHelps, gate)
        while (Atomics.load(gate, 2) === 0) await Promise.race([Atomics.waitAsync(gate, 2, 0, 20).value, turn()])
        await Promise.all(Array.from({ length: 5 }, () => this.#rejects(pool.run(raise, pick(r, kinds)))))
        if ((await pool.run(intruder, gate)) !== 7) throw new Error('the run after the failures is wrong')
        await waiting
        return 5
      },
    ],
    'a task that does not return': [
      2,
      async r => {
        const { pool } = this.#its
        const gate = cells(2)
        const held = pool.run(hold, gate)
        const controller = new AbortController()
        const endless = this.#rejects(pool.runWith({ signal: controller.signal }, forkForever, cells(1)))
        if (pool.threads > 2 || r(2) === 0) await Promise.all(this.#load(r, 4 * Number(pool.threads > 2)))
        controller.abort()
        await endless
        await Promise.all(this.#load(r, 4))
        Atomics.store(gate, 1, 1)
        Atomics.notify(gate, 1)
        await held
        return 2
      },
    ],
    'a caller that blocks': [
      1,
      async r => {
        const load = this.#load(r, 5)
        const dying = r(2) === 0 ? this.#lost(this.#its.pool.run(exit, 3)) : undefined
        this.#blocked = true
        Atomics.wait(cells(1), 0, 0, r(20) === 0 ? 1000 : r(50))
        await dying
        await Promise.all(load)
        return 1
      },
    ],
  }

  /** The pool computes correctly, with every thread, and nothing is under way; throws if not. */
  async audit(faults: number): Promise<void> {
    const { pool, live, used } = this.#its
    this.#blocked = false
    // The end of a thread that has died while the caller was blocked has not been reported yet: then it is now.
    await this.#end(
      pool.broadcast(add, 1, 2).then(() => undefined),
      undefined,
    )
    const sums = await pool.broadcast(add, 1, 2)
    if (sums.length !== pool.threads || sums.some(sum => sum !== 3)) throw new Error(`a broadcast gave ${sums.join()}`)
    if ((await pool.run(fib, 15)) !== 610 || pool.runSync(fib, 12) !== 144) throw new Error('fib is wrong')
    if (pool.stats().pending !== 0) throw new Error(`${pool.stats().pending} runs are pending`)
    if (this.#crew.length !== pool.threads) throw new Error(`${this.#crew.length} threads for ${pool.threads} seats`)
    // Jobs whose creator is lost run to their end, and their slots are freed at the next turn.
    while (live() !== 0) await pool.run(add, 1, 2)
    this.#faults += faults
    if (this.#faults > 200 && this.#used === 0) {
      this.#used = used()
      this.#faults = 0
    }
  }

  /** Words that the pool's memory has lost for good with each fault since it was warm. */
  get lost(): number {
    return this.#used === 0 || this.#faults === 0 ? 0 : (this.#its.used() - this.#used) / this.#faults
  }

  close(): Promise<void> {
    return this.#its.pool.close()
  }
}

/** Faults of workers, each followed by an audit of the pool. */
class Faults implements Rounds {
  readonly #wards = [2, 1, 3].map(threads => [threads, new Ward(threads)] as const)

  async round(seed: number): Promise<Record<string, number>> {
    const r = random(seed)
    const [threads, ward] = pick(r, this.#wards)
    const able = Object.entries(ward.faults).filter(([, [least]]) => threads >= least)
    const [name, [, act]] = pick(r, able)
    try {
      // The first time: its threads are there.
      await ward.audit(0)
      const faults = await act(r)
      await ward.audit(faults)
      return { faults, [name]: faults, 'most ms of a run': Math.ceil(ward.longest) }
    } catch (cause) {
      throw new Error(`${name} (${threads} threads)`, { cause })
    }
  }

  async close(): Promise<void> {
    for (const [threads, ward] of this.#wards) {
      // What a thread had in its hands, and at worst the blocks that others had just given back to it.
      if (ward.lost > 2000)
        throw new Error(`each fault costs ${ward.lost.toFixed()} words of memory (${threads} threads)`)
      await ward.close()
    }
  }
}

export const faults: Part = { open: () => new Faults() }
