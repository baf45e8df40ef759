// Watch a long run, stop it by a signal or after some time; the pool goes on.
import { CanceledError, runWith } from 'filch'

import { countPrimes } from './08-cancel-and-progress.tasks.ts'

let seen = 0
const found = await runWith({ onProgress: done => (seen = done) }, countPrimes, 0, 20_000)
console.log(`${found} primes below ${seen}`)

const controller = new AbortController()
const abortLater = (done: number): void => {
  if (done > 20_000) controller.abort(new Error('seen enough'))
}
await report(runWith({ signal: controller.signal, onProgress: abortLater }, countPrimes, 0, 1e9))
await report(runWith({ timeout: 100 }, countPrimes, 0, 1e9))

async function report(run: Promise<number>): Promise<void> {
  try {
    await run
  } catch (error) {
    if (!(error instanceof CanceledError)) throw error
    console.log(error.message)
    if (error.cause instanceof Error) console.log(`The reason: ${error.cause.message}`)
  }
}
