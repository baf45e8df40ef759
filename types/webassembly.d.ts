/**
 * The part of WebAssembly's JavaScript interface that filch uses.
 *
 * TypeScript declares it only in the libraries for browsers, whose other globals (`name`, `event`, `self`) would hide
 * mistakes in code for Node.
 */
declare namespace WebAssembly {
  interface MemoryDescriptor {
    initial: number
    maximum?: number
    shared?: boolean
  }

  class Memory {
    constructor(descriptor: MemoryDescriptor)
    /** A SharedArrayBuffer if the memory is shared; a new, longer one after each `grow`. */
    readonly buffer: ArrayBuffer | SharedArrayBuffer
    /** Adds `delta` pages of 64 KiB and returns how many there were before. */
    grow(delta: number): number
  }

  type ImportValue = Memory | number | ((...args: never[]) => unknown)

  class Module {
    constructor(bytes: ArrayBufferView<ArrayBuffer> | ArrayBuffer)
  }

  class Instance {
    constructor(module: Module, imports?: Record<string, Record<string, ImportValue>>)
    readonly exports: Record<string, unknown>
  }
}
