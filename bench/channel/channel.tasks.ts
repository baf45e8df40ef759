import { channel, type Receiver, type Sender, spawnWith, task, type Wait } from 'filch'

export type Message = number | Uint8Array | object

const bytes = new Uint8Array(1024).fill(7)
/** About 1 KB as JSON. */
const record = {
  id: 12345,
  name: 'a record of some length',
  tags: Array.from({ length: 8 }, (_, i) => `tag number ${i}`),
  rows: Array.from({ length: 12 }, (_, i) => ({ id: i, title: `row ${i}`, value: i / 3, ok: i % 2 === 0 })),
}
export const messages = { number: 1, bytes, record } as const
export type Kind = keyof typeof messages

/** Sends `n` messages of a kind; numbers count up. */
export const produce = task((to: Sender<Message>, kind: Kind, n: number) => {
  if (kind === 'number') for (let i = 0; i < n; i++) to.send(i)
  else {
    const message = messages[kind]
    for (let i = 0; i < n; i++) to.send(message)
  }
})

/** The same where sending may wait. */
export const produceBounded = task(function* (to: Sender<Message>, n: number) {
  for (let i = 0; i < n; i++) yield* to.send(i)
})

/** Receives all that comes, each by a `yield*`. */
export const consume = task(function* (from: Receiver<Message>) {
  let count = 0
  let sum = 0
  try {
    for (;;) {
      const message = yield* from.receive()
      if (typeof message === 'number') sum += message
      count++
    }
  } catch {
    return [count, sum]
  }
})

/** The same by `forEach`. */
export const consumeEach = task(function* (from: Receiver<Message>) {
  let sum = 0
  const count = yield* from.forEach(message => {
    if (typeof message === 'number') sum += message
  })
  return [count, sum]
})

export const echo = task(function* (from: Receiver<number>, to: Sender<number>) {
  try {
    for (;;) to.send((yield* from.receive()) + 1)
  } catch {}
})

/** Nanoseconds for each of `n` round trips with a task on worker `on`. */
export const pingPong = task(function* (on: number, warm: number, n: number): Generator<Wait<unknown>, number> {
  const [toEcho, fromHere] = channel<number>()
  const [toHere, fromEcho] = channel<number>()
  spawnWith({ on }, echo, fromHere, toHere)
  let last = 0
  let before = 0
  for (let i = -warm; i < n; i++) {
    if (i === 0) before = performance.now()
    toEcho.send(i)
    last = yield* fromEcho.receive()
  }
  const took = performance.now() - before
  toEcho.close()
  if (last !== n) throw new Error(`the last answer was ${last}`)
  return (took * 1e6) / n
})
