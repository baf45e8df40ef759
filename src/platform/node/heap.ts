/** What the engine has taken for the thread that asks, in bytes. */
export interface Heap {
  /** Objects, those that nobody has collected yet among them. */
  readonly heapUsed: number
  /** What the heap occupies. */
  readonly heapTotal: number
  /** What it may occupy: beyond it the thread ends. */
  readonly heapLimit: number
  /** Outside of the heap, for objects in it: ordinary array buffers. */
  readonly external: number
}

export function heap(): Heap {
  const { used_heap_size, total_heap_size, heap_size_limit, external_memory } = process
    .getBuiltinModule('node:v8')
    .getHeapStatistics()
  return { heapUsed: used_heap_size, heapTotal: total_heap_size, heapLimit: heap_size_limit, external: external_memory }
}
