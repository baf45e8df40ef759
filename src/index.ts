// Declare
export {
  type Forked,
  type ModuleMeta,
  type Portable,
  type Task,
  type Result,
  task,
  type TaskMethods,
} from './task/task.ts'

// Fork and join, inside a task
export { type Arguments, fork, join, type Joinable } from './task/fork.ts'
export { type Call, type Calls, invokeAll, type Results } from './task/invoke-all.ts'
export { type Scope, scope } from './task/scope.ts'
export { migrated, poolSize, progress, workerIndex, yieldNow } from './task/place.ts'

// Tasks that live on their own
// oxlint-disable-next-line import/no-unassigned-import -- it offers itself to the pools
import './pool/staff.ts'
export { blocking } from './live/blocking.ts'
export { type CurrentTask, currentTask, uncancellable } from './live/current.ts'
export type { Living, WorkerDump } from './live/dump.ts'
export type { Deadline } from './live/deadline.ts'
export { type Env, Handle } from './live/handle.ts'
export type { KillOptions } from './live/kill.ts'
export type { Outcome, Status } from './live/outcome.ts'
export { spawn, type SpawnOptions, spawnWith } from './live/spawn.ts'
export { after } from './live/after.ts'
export { select, type Selected, selectWithin } from './live/select.ts'
export { Wait } from './live/wait.ts'

// What tasks meet at
export { type Barrier, barrier } from './sync/barrier.ts'
export type { Where } from './sync/held.ts'
export { type IVar, ivar } from './sync/ivar.ts'
export { type Latch, latch } from './sync/latch.ts'
export { type Mutex, mutex, type MutexGuard } from './sync/mutex.ts'
export { type Semaphore, semaphore } from './sync/semaphore.ts'

// What a worker or a task has for itself
export { type TaskLocal, taskLocal } from './storage/task-local.ts'
export { type From, type WorkerLocal, workerLocal } from './storage/worker-local.ts'

// Channels
export { channel } from './pool/channel.ts'
export type { ChannelOptions } from './channel/channel.ts'
export { Receiver } from './channel/receiver.ts'
export { Sender } from './channel/sender.ts'

// Enter
export { broadcast, run, runSync, runWith, stats } from './pool/default.ts'
export { type Dump, Pool, type Stats } from './pool/pool.ts'
export type { PoolOptions, RunOptions, Stuck, Watch } from './pool/options.ts'
export type { Tally } from './scheduler/counters.ts'

// Look
export { memory, type WorkerMemory } from './look/memory.ts'

// Values
export type { Discipline } from './wire/guard.ts'
export { registerError } from './wire/error.ts'
export type { Immutable, Sendable } from './wire/sendable.ts'

// Errors
export {
  CanceledError,
  CorruptError,
  DisconnectedError,
  FilchError,
  ForkError,
  KilledError,
  LimitError,
  NotSendableError,
  OptionError,
  PoolClosedError,
  TaskError,
  WorkerLostError,
} from './errors.ts'

// Data-parallel
export { chunkBy } from './algorithms/chunk-by.ts'
export { countBy, groupBy, reduce } from './algorithms/collect.ts'
export { histogram, type HistogramOptions } from './algorithms/histogram.ts'
export { integerSort } from './algorithms/integer-sort.ts'
export { kthSmallest } from './algorithms/kth-smallest.ts'
export { matmul, transpose } from './algorithms/matrix.ts'
export { type MinMax, minmax } from './algorithms/minmax.ts'
export { pack, type PackOptions, partition } from './algorithms/pack.ts'
export { random, randoms, shuffle } from './algorithms/random.ts'
export { scan, type ScanOptions } from './algorithms/scan.ts'
export { search } from './algorithms/search.ts'
export { sort } from './algorithms/sort.ts'
export { sortBy } from './algorithms/sort-by.ts'
export { stencil, type StencilOptions } from './algorithms/stencil.ts'
export { unique } from './algorithms/unique.ts'
export { walkTree } from './algorithms/walk-tree.ts'
export type { Kind } from './data/kinds.ts'
export { shared } from './data/shared.ts'
export type { Struct } from './data/struct.ts'
export type { Bridge, BridgeOptions } from './par/bridge.ts'
export type { Par } from './par/chain.ts'
export type { ParFunction, Tile } from './par/par.ts'
export { par } from './pool/par.ts'
