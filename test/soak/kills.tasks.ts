import { spawn, task, yieldNow } from 'filch'

/** Tasks to be killed, each in another state. Those that begin count cell 1 up; cell 0 lets those go on that wait. */

function arrive(gate: Int32Array): void {
  Atomics.add(gate, 1, 1)
  Atomics.notify(gate, 1)
}

export const held = task((gate: Int32Array) => {
  arrive(gate)
  while (Atomics.load(gate, 0) === 0) Atomics.wait(gate, 0, 0)
})
export const queued = task((gate: Int32Array) => arrive(gate))
export const running = task((gate: Int32Array) => {
  arrive(gate)
  for (;;) yieldNow()
})
/** Waits for a child that polls, wherever that runs. */
export const suspended = task(function* (gate: Int32Array) {
  yield* spawn(running, gate).join()
})
export const runaway = task((gate: Int32Array) => {
  arrive(gate)
  for (;;) if (gate[2] === 1) return
})
/** The fork spins where it is stolen, and its maker when it has polled for a while. */
export const forking = task((gate: Int32Array) => {
  const fork = runaway.fork(gate)
  for (let i = 0; i < 1000 && gate[1] === 0; i++) yieldNow()
  runaway.join(fork)
})
