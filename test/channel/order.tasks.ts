import { channel, type Handle, join, type Receiver, type Sender, spawnWith, task, type Wait } from 'filch'

const quick = task((): number => 1)
/** Sends two, and kills another child of the receiver before that has its turn. */
const sends = task((to: Sender<number>, handles: Receiver<Handle<number>>): number => {
  to.send(1)
  to.send(2)
  handles.tryReceive()!.kill()
  // A mere call would begin without a look into the mail.
  return join(spawnWith({ name: 'quick' }, quick))
})
/** All on one worker. A message was handed over; what fails meanwhile is thrown where it is waited for, and caught. */
export const catches = task(function* (): Generator<Wait<unknown>, readonly unknown[]> {
  const [to, from] = channel<number>()
  const [tells, handles] = channel<Handle<number>>()
  spawnWith({ on: 0 }, sends, to, handles)
  tells.send(spawnWith({ on: 0 }, quick))
  try {
    return ['nothing was thrown', yield* from.receive()]
  } catch (error) {
    return [(error as Error).name, yield* from.receive(), yield* from.receive()]
  }
})
