import type { Message } from '../../../src/platform/node/buffers.ts'
import { and, load, notify, or, wait, type Words } from '../seam.ts'

/** In place of `node:worker_threads` in the model of platform/node/buffers.ts: a broadcast channel over shared words. */

/** The one buffer there is. */
export const BUFFER = new SharedArrayBuffer(4)

/** Whose channel it is, and where the channels lie: who has opened one, then a word for each seat with what is in its queue. */
export interface Line {
  readonly words: Words
  readonly at: number
  readonly seat: number
}

interface Post {
  readonly id?: number
  readonly wanted?: number
}

const WANTED = 8

/** Messages say the same however often they come, so that a queue is a set of bits: a post is one step at each receiver, as in Node. */
export class BroadcastChannel {
  readonly #line: Line

  constructor(line: Line) {
    this.#line = line
    or(this.#line.words, this.#line.at, 1 << this.#line.seat)
  }

  postMessage(message: Message): void {
    const { id, wanted } = message as Post
    const { words, at, seat } = this.#line
    const open = load(words, at)
    for (let other = 0; other < 8; other++) {
      if (other === seat || (open & (1 << other)) === 0) continue
      or(words, at + 1 + other, id === undefined ? 1 << (WANTED + wanted!) : 1 << id)
      notify(words, at + 1 + other, Infinity)
    }
  }

  receive(): { readonly message: object } | undefined {
    const { words, at, seat } = this.#line
    const bits = load(words, at + 1 + seat)
    if (bits === 0) return undefined
    const first = 31 - Math.clz32(bits & -bits)
    and(words, at + 1 + seat, ~(1 << first))
    return { message: first > WANTED ? { wanted: first - WANTED } : { id: first, buffer: BUFFER } }
  }

  /** In place of a pause between two looks. */
  idle(): void {
    const { words, at, seat } = this.#line
    wait(words, at + 1 + seat, 0, Infinity)
  }

  close(): void {}
}

export type MessagePort = BroadcastChannel

export function receiveMessageOnPort(port: unknown): { readonly message: object } | undefined {
  return (port as BroadcastChannel).receive()
}
