/**
 * What crosses by reference. The codec itself knows no pool: whoever owns the tables of shared buffers and of tasks
 * implements this, one floor up.
 *
 * A buffer that is named in a message must stay findable until the message is read, hence the counting: each
 * `bufferId` is settled by exactly one `bufferAt`, in whichever thread reads the message, or by the writer itself when
 * it gives the message up. A message that is dropped unread must be read once by whoever drops it.
 *
 * Both `At` functions get numbers from shared memory, which any task may have overwritten: they throw `CorruptError`
 * for an id that they did not give out.
 */
export interface Carrier {
  /** The id under which every thread of the pool finds `buffer`. Counts one reference in flight. */
  bufferId(buffer: SharedArrayBuffer): number
  /** The buffer of that id. Settles one reference. */
  bufferAt(id: number): SharedArrayBuffer
  /** The id of a task, or -1 if `fn` is not one. */
  taskId(fn: (...args: never[]) => unknown): number
  taskAt(id: number): (...args: never[]) => unknown
  /** What the `arrive` and `recall` of envoys are given; throws where they are not known. */
  readonly host: unknown
}
