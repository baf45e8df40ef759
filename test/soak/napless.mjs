// Imported before anything else, by the process and by its threads: sleepers sleep until they are woken, for ever if need be.
// With the nap that bounds every sleep a lost wake-up costs half a second; without it, it is a hang, whatever the machine.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

const core = import.meta.resolve('../../dist/core.js')
const nap = 'const NAP = 500;'
assert.equal(readFileSync(new URL(core), 'utf8').split(nap).length, 2, `the build says once: ${nap}`)

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context)
    return url === core
      ? { ...loaded, source: new TextDecoder().decode(loaded.source).replace(nap, 'const NAP = 2 ** 30;') }
      : loaded
  },
})
