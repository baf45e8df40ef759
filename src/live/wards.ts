import type { Words } from '../memory/atomics.ts'
import { WARD } from '../scheduler/slot.ts'
import type { Handle } from './handle.ts'

/** The handles of tasks that a seat keeps, by slot: each slot has the place of its handle in a word. */
export class Wards {
  readonly #handles: (Handle<unknown> | undefined)[] = []
  readonly #free: number[] = []

  get isEmpty(): boolean {
    return this.#free.length === this.#handles.length
  }

  add(words: Words, handle: Handle<unknown>): void {
    const place = this.#free.pop() ?? this.#handles.length
    this.#handles[place] = handle
    words[handle.slot + WARD] = place
  }

  find(words: Words, slot: number): Handle<unknown> | undefined {
    // The word may be that of a slot which this seat does not keep.
    const handle = this.#handles[words[slot + WARD]!]
    return handle?.slot === slot ? handle : undefined
  }

  remove(words: Words, slot: number): void {
    const place = words[slot + WARD]!
    this.#handles[place] = undefined
    this.#free.push(place)
  }

  *[Symbol.iterator](): Generator<Handle<unknown>> {
    for (const handle of this.#handles) if (handle !== undefined) yield handle
  }
}
