import { channel, type Receiver, type Sender, task } from 'filch'

/** Read by the compiler alone (npm run check): which way a channel goes, and what it takes. Nothing here runs. */

const listen = task(function* (from: Receiver<number>) {
  return yield* from.receive()
})
const speak = task((to: Sender<number>) => void to.trySend(1))

export function directions(): void {
  const [sender, receiver] = channel<number>()
  void sender.send(1)
  const n: number | undefined = receiver.tryReceive()
  speak.fork(sender)
  listen.fork(receiver)
  void n
  // @ts-expect-error a sender does not receive
  sender.receive()
  // @ts-expect-error a receiver does not send
  receiver.send(1)
  // @ts-expect-error another type
  void sender.send('text')
  // @ts-expect-error a number is no text
  const text: string | undefined = receiver.tryReceive()
  void text
  // @ts-expect-error the other end
  speak.fork(receiver)
  // @ts-expect-error the other end
  listen.fork(sender)
  // @ts-expect-error of another type
  const other: Sender<string> = sender
  void other
}
