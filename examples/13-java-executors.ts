// java.util.concurrent's executors, verb by verb; docs/from-java.md has the rest of them.
import { CanceledError, KilledError, Pool, run } from 'filch'

import { allOrNothing, eachForItself, endless, fails, twice } from './13-java-executors.tasks.ts'

console.log(await run(twice, 1)) // ForkJoinPool.commonPool().submit(…).get(): FILCH_THREADS is its parallelism

const executor = new Pool({ threads: 2, name: 'orders' }) // Executors.newFixedThreadPool(2)

// execute, submit, invokeAll, invokeAny
const future = executor.spawn(twice, 21)
console.log(await future)
console.log(await Promise.all([1, 2, 3].map(n => executor.run(twice, n))))
console.log(await Promise.any([executor.run(fails, 'no'), executor.run(twice, 5)]))

// ExecutionException: the error itself, with the stacks of both threads
const error: unknown = await executor.run(fails, 'bad order').catch((error: unknown) => error)
console.log(String(error), error instanceof RangeError)

// Future.cancel(true); interruption is seen at the next fork, join or yieldNow
const stuck = executor.spawn(endless)
stuck.kill('closing time')
const killed: unknown = await stuck.catch((error: unknown) => error)
if (killed instanceof KilledError) console.log(killed.reason, stuck.status)
const late: unknown = await executor.runWith({ timeout: 10 }, endless).catch((error: unknown) => error)
console.log(late instanceof CanceledError) // submitWithTimeout, orTimeout

// StructuredTaskScope
console.log(await executor.run(allOrNothing, true))
console.log(String(await executor.run(allOrNothing, false).catch((error: unknown) => error)))
console.log(await executor.run(eachForItself))

// getParallelism, getQueuedTaskCount, getStealCount, …
const { name, threads, pending } = executor.stats()
console.log(name, threads, pending)

// shutdown, awaitTermination; shutdownNow is destroy()
await executor.close()
console.log(String(await executor.run(twice, 1).catch((error: Error) => error.name)))
