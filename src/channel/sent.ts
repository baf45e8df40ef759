import type { House } from '../live/house.ts'
import { Wait } from '../live/wait.ts'
import type { Watch } from '../live/watch.ts'

/** What a send that need not wait returns: one for all, over from the beginning. */
class Sent extends Wait<void> {
  readonly watches: readonly Watch[] = []

  protected attempt(): boolean {
    return true
  }

  override poll(): boolean {
    return true
  }

  override withdraw(): void {}

  override next(): IteratorResult<Wait<void>, void> {
    return OVER
  }

  override [Symbol.iterator](): this {
    return this
  }

  // oxlint-disable-next-line unicorn/no-thenable -- it is one
  override then<A = void, B = never>(
    fulfilled?: ((value: void) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return Promise.resolve().then(fulfilled, rejected)
  }
}

const OVER: IteratorResult<Wait<void>, void> = Object.freeze({ done: true, value: undefined })

export const SENT: Wait<void> = new Sent(undefined as never as House)
