// Run with --disallow-code-generation-from-strings: chains work by the generic loop, alone with plain functions, with thieves with tasks.
import assert from 'node:assert/strict'

import { Pool } from 'filch'

import { byTask, nested } from '../../par/bodies.tasks.ts'
import { gathered, spelt, ways } from '../../par/lanes.tasks.ts'
import { wild } from '../../support/wild.ts'
import { chain, ends, oracle, steps } from '../../par/chain.tasks.ts'

// oxlint-disable-next-line typescript/no-implied-eval -- shows that it is off
assert.throws(() => new Function('return 1'), EvalError)
const xs = Array.from({ length: 3000 }, (_, i) => (i % 201) - 100)
for (const threads of [0, 2]) {
  const pool = new Pool({ threads })
  for (const end of ends) {
    for (const step of steps) {
      const found = await pool.run(chain, xs, [step], end)
      const wanted = oracle(xs, [step], end)
      if (typeof wanted === 'number') assert.ok(Math.abs(found - wanted) <= 1e-9 * Math.abs(wanted), `${step} ${end}`)
      else assert.deepEqual(found, wanted)
    }
  }
  for (const way of ways) {
    for (const length of [1024, 5003]) {
      const wilds = Float64Array.from({ length }, (_, i) => wild(i))
      assert.equal(await pool.run(gathered, wilds, way), spelt(wilds, way), way)
    }
  }
  assert.equal(await pool.run(byTask, 100_000), 4_999_950_000 + 4_200_000)
  assert.ok((await pool.run(nested, 50)) > 0)
  await pool.close()
}
