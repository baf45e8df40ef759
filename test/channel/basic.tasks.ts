import { channel, type Receiver, type Sender, spawn, task } from 'filch'

export const count = task((to: Sender<number>, from: number, n: number) => {
  for (let i = from; i < from + n; i++) to.send(i)
})
/** The same, waiting where it must. */
export const supply = task(function* (to: Sender<number>, from: number, n: number) {
  for (let i = from; i < from + n; i++) yield* to.send(i)
})
export const sum = task(function* (from: Receiver<number>) {
  let total = 0
  yield* from.forEach(i => (total += i))
  return total
})
export const collect = task(function* <T>(from: Receiver<T>) {
  const all: T[] = []
  try {
    for (;;) all.push(yield* from.receive())
  } catch {
    return all
  }
})
export const pipeline = task(function* (n: number, capacity: number) {
  const [sender, receiver] = channel<number>({ capacity })
  spawn(supply, sender, 1, n)
  sender.close()
  let total = 0
  yield* receiver.forEach(i => (total += i))
  return total
})
