// Run with --disallow-code-generation-from-strings: forks, joins, scopes and errors work by the shared pair.
import assert from 'node:assert/strict'

import { Pool } from 'filch'

import { calledAll, callAll, manyKinds, pile, tree } from '../../task/fork.tasks.ts'
import { failing, markEach } from '../../task/scope.tasks.ts'
import { cells, fib } from '../basic.tasks.ts'

// oxlint-disable-next-line typescript/no-implied-eval -- shows that it is off
assert.throws(() => new Function('return 1'), EvalError)
for (const threads of [0, 1, 2]) {
  const pool = new Pool({ threads })
  assert.equal(await pool.run(fib, 20), 6765)
  assert.equal(pool.runSync(fib, 20), 6765)
  assert.deepEqual(await pool.run(callAll), calledAll)
  assert.deepEqual(await pool.run(manyKinds), [49, 'hello x.', 6, undefined, { deep: [1, 2] }])
  assert.equal(await pool.run(tree, 6), 729)
  assert.equal(await pool.run(pile, 1000), 10 * 328_350)
  assert.equal(await pool.run(markEach, cells(3000)), 'all')
  await assert.rejects(pool.run(failing, cells(10), [3]), new RangeError('child 3'))
  assert.equal(await pool.run(fib, 20), 6765)
  await pool.close()
}
