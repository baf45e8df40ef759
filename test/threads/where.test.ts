import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

import { Pool } from 'filch'
import { expect, it } from 'vitest'

import { SOLO } from '../support/mode.ts'
import { root } from '../support/source.ts'
import { gated } from './threads.tasks.ts'
import { gate, open, reached } from './tools.ts'
import { attempt, attemptHere, attemptSuspending, operations } from './where.tasks.ts'

const PLACES = ['outside of tasks', 'plain task', 'generator task', 'dedicated task'] as const

/** Rows of the table in docs/where.md: what stands in each place, by operation. */
function written(): Record<string, string[]> {
  const text = readFileSync(`${root}docs/where.md`, 'utf8')
  const rows = Array.from(text.matchAll(/^\| (.+) \|$/gm), ([, row]) =>
    row!.split(' | ').map(cell => cell.replaceAll('`', '')),
  )
  const head = rows.findIndex(row => row[0] === 'operation')
  expect(rows[head]!.slice(1)).toEqual(PLACES)
  const body = rows.slice(head + 2)
  return Object.fromEntries(body.slice(0, Object.keys(operations).length).map(([name, ...cells]) => [name, cells]))
}

/** Whether `begin` can do it, with a handle of what goes on until it has, or has waited for that. */
async function found(
  pool: Pool,
  begin: (other: never, cells: Int32Array) => PromiseLike<string> | string,
): Promise<string> {
  const [held, cells] = [gate(), gate()]
  const other = pool.spawnWith({ dedicated: true }, gated, held)
  const outcome = begin(other as never, cells)
  if (typeof outcome !== 'string') {
    await reached(cells, 1)
    // What is refused is refused at once; what waits goes on for as long as the other does.
    await Promise.race([outcome, sleep(200)])
  }
  open(held)
  await other
  return outcome
}

it.skipIf(SOLO)('docs/where.md says what works where (B37)', async () => {
  await using pool = new Pool({ threads: 2 })
  const table: Record<string, string[]> = {}
  for (const name of Object.keys(operations)) {
    table[name] = [
      await found(pool, other => attemptHere(name, other)),
      await found(pool, (other, cells) => pool.run(attempt, name, other, cells)),
      await found(pool, (other, cells) => pool.run(attemptSuspending, name, other, cells)),
      await found(pool, (other, cells) => pool.spawnWith({ dedicated: true }, attempt, name, other, cells)),
    ]
  }
  expect(table).toEqual(written())
})
