import { type MessagePort, parentPort, workerData } from 'node:worker_threads'

/** A bare thread at one end of a MessagePort: the sender of `count` messages, or the receiver that counts them. */
export interface Given {
  readonly port: MessagePort
  readonly sends: boolean
  readonly message: unknown
  readonly count: number
}

if (parentPort !== null && workerData !== null) {
  const { port, sends, message, count } = workerData as Given
  const control = parentPort
  let came = 0
  if (sends)
    control.on('message', () => {
      for (let i = 0; i < count; i++) port.postMessage(typeof message === 'number' ? i : message)
    })
  else
    port.on('message', () => {
      if (++came < count) return
      came = 0
      control.postMessage('all')
    })
  control.postMessage('ready')
}
