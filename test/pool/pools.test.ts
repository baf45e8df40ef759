import { readdirSync } from 'node:fs'

import { Pool } from 'filch'
import { expect, it } from 'vitest'

import { add } from './basic.tasks.ts'

async function round(i: number): Promise<void> {
  const pool = new Pool({ threads: 1 + Number(i % 8 === 0) })
  if (i % 5 === 0) expect(await pool.run(add, i, 1)).toBe(i + 1)
  await (i % 4 === 0 ? pool.destroy() : pool.close())
}

it('200 pools in a row leave no thread, no file and no listener behind', { timeout: 120_000 }, async () => {
  const linux = process.platform === 'linux'
  const open = (): readonly number[] => [
    linux ? readdirSync('/proc/self/task').length : 0,
    linux ? readdirSync('/proc/self/fd').length : 0,
    process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
  ]
  for (let i = 0; i < 5; i++) await round(i)
  const before = open()
  for (let i = 0; i < 200; i++) await round(i)
  const after = open()
  // What the process itself opens late (a file, say) is not 200 of anything.
  for (const [i, count] of after.entries()) expect(count - before[i]!).toBeLessThan(5)
})
