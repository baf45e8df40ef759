import { execFileSync } from 'node:child_process'

import { expect, it } from 'vitest'

/** Levels of a recursion that are left where the room is said to end, as each way of asking says it. */
const measure = `
import { needRoom } from ${JSON.stringify(new URL('../../src/scheduler/room.ts', import.meta.url).href)}
const args = Array.from({ length: 7168 }, () => 0)
const byCall = () => Reflect.apply(() => {}, undefined, args)
const left = () => {
  let levels = 0
  const deeper = () => { levels++; deeper() }
  try { deeper() } catch {}
  return levels
}
const whereEnds = ask => {
  let levels = -1
  const down = () => {
    try { ask() } catch { levels = left(); throw 0 }
    down()
  }
  try { down() } catch {}
  return levels
}
const cold = whereEnds(needRoom)
for (let turn = 0; turn < 50; turn++) for (let i = 0; i < 10_000; i++) needRoom()
console.log(JSON.stringify({ cold, hot: whereEnds(needRoom), call: whereEnds(byCall) }))
`

function run(...flags: string[]): { cold: number; hot: number; call: number } {
  return JSON.parse(
    execFileSync(process.execPath, [...flags, '--input-type=module', '-e', measure], { encoding: 'utf8' }),
  ) as never
}

it.each([
  [],
  ['--no-opt'],
  ['--no-opt', '--no-maglev'],
  ['--always-sparkplug'],
  ['--no-maglev'],
  ['--max-lazy'],
  ['--disallow-code-generation-from-strings'],
])('there is as much room before and after it was compiled (%s)', (...flags) => {
  const { cold, hot, call } = run(...flags)
  // A level is some 80 bytes: the frames of what asks and of what measures make up a few.
  expect(cold).toBeGreaterThan(call - 20)
  expect(hot).toBeGreaterThan(call - 20)
  expect(hot).toBeLessThan(4 * call)
})
