import { type ArrayOf, classOf, type Kind, type Numbers } from './kinds.ts'

/**
 * Memory that an algorithm needs for as long as it runs. Fresh memory is dear: the system hands it out page by page, at
 * 1 to 10 ns an element of eight bytes, which is what a pass over the array costs, and a buffer has to be announced to
 * every worker. So what was used is kept for the next time, weakly: the collector takes it when it likes.
 */
const spares: WeakRef<SharedArrayBuffer>[] = []
const MOST = 4

/** A shared array with anything in it. */
export function borrow<K extends Kind>(kind: K, length: number): ArrayOf<K, SharedArrayBuffer> {
  const Class = classOf(kind)
  const bytes = length * Class.BYTES_PER_ELEMENT
  for (let at = spares.length - 1; at >= 0; at--) {
    const buffer = spares[at]!.deref()
    if (buffer !== undefined && (buffer.byteLength < bytes || buffer.byteLength > 4 * bytes)) continue
    spares.splice(at, 1)
    if (buffer !== undefined) return new Class(buffer, 0, length)
  }
  return new Class(new SharedArrayBuffer(bytes), 0, length)
}

/** Nobody uses it any more, in any thread. */
export function giveBack(array: Numbers): void {
  spares.push(new WeakRef(array.buffer as SharedArrayBuffer))
  if (spares.length > MOST) spares.shift()
}
