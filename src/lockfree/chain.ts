import { CorruptError } from '../errors.ts'
import type { Arena } from '../memory/arena.ts'
import { load, replace, store, type Words } from '../memory/atomics.ts'

/**
 * A queue without bound: many senders, one receiver, one compare-exchange for each send and none for a receipt.
 *
 *   head --> cell --> cell --> cell --> cell <-- front       `prev`, written by the sender before it pushes
 *            cell <-- cell <-- cell <-- cell                 `next`, written by the receiver when it finds them
 *
 * A cell holds a message, or several, in *places*: 0 to 15. Whoever has pushed the newest cell may add to it ({@link Chain.extend}), which
 * needs no other cell. Each of these words holds a cell's address and in its top bits a place of it: `head` is the newest message, and its low bits say
 * what senders must know; `prev` is the last message of the cell before; `front` is the message that was taken last; `next` is the cell that
 * comes after, and the last place of *this* cell. What lies between front and head is what was sent and not taken, at any moment, whoever
 * looks. So nothing is lost with a receiver's thread, and a receiver can move: the links are in shared words, and are made anew from `head`
 * and `front` ({@link Chain.attach}).
 *
 * (Treiber's stack, IBM RJ 5118, 1986, whose receiver does not take all there is but remembers where it was.)
 *
 * ## Invariants
 *
 * - **I1** `head` changes only by compare-exchange: a sender puts its own cell there, which links to what it replaces, or goes on by one place
 *   in a cell that it has put there.
 * - **I2** The cell at `front` is not used for anything else until another takes its place, and no cell beyond it either.
 * - **I3** Once CLOSED is set, no message is added.
 * - **I4** Nobody reads a place beyond the one that `head`, or the `prev` of the cell that followed, names.
 *
 * ## Why it is enough
 *
 * *Order.* The exchanges of all senders have one order, and the chain is in that order: what was sent before another send began is
 * received before it, whoever sent them.
 *
 * *Plain links.* A sender writes cell and `prev`, then exchanges; the receiver loads `head` and then reads them: all that was
 * written before any of the exchanges in the chain is visible (each is a read and a write of the same word). The receiver walks to the
 * newest cell it knows, which no sender can have reused (I2), so the walk ends there.
 *
 * *No ABA.* A sender that succeeds against a head that was taken, reused and pushed again links to the cell that is the head now.
 *
 * *Adding to a cell.* A sender looks plainly whether the message that it has sent last is still the newest, writes the next place of its cell, and
 * then exchanges. Till then nobody reads that place (I4). If what the look saw is of before, the cell may be taken or free by now, but it is in no other use:
 * only this thread uses it again, and who gets it back does so by an exchange that comes after all that the head has held since, so that the look cannot
 * have missed that. For the same reason a head that names the message names it in this use.
 *
 * *Sleep.* The receiver sets SLEEP by an exchange that fails if anything has come; whoever replaces a head with SLEEP has
 * cleared it, and must ring. What it rings was armed before (channel/receive.ts).
 *
 * *Deaths.* A sender that dies before its exchange has sent nothing, and leaves a cell that is lost to its seat; after it, all is sent,
 * and perhaps nobody rung, which the receiver makes good when it hears of the death. A receiver that dies leaves `front` and `head`.
 *
 * `push` is lock-free, the rest wait-free, save that {@link Chain.close} and {@link Chain.nap} race with senders. Tests: test/lockfree/chain, test/model.
 */
export class Chain {
  readonly #arena: Arena
  /** A view in which the head is. */
  readonly #words: Words
  readonly #head: number
  readonly #front: number
  readonly #prev: number
  readonly #next: number
  /** The receiver's: the message that was taken last, the newest that is linked, and how many are between. */
  #taken = 0
  #newest = 0
  #linked = 0

  /** `head` and `front` are the addresses of the two words; `prev` and `next` the words of a cell that hold its links. Cells begin at multiples of 8. */
  constructor(arena: Arena, head: number, front: number, prev: number, next: number) {
    this.#arena = arena
    this.#words = arena.words
    this.#head = head
    this.#front = front
    this.#prev = prev
    this.#next = next
  }

  /** Nobody else looks: an empty queue, with a cell that nobody needs until it is destroyed. */
  initialise(dummy: number): void {
    const cell = cellOf(dummy)
    this.#arena.words[this.#front] = cell
    store(this.#arena.words, this.#head, cell)
  }

  // --- any thread ---------------------------------------------------------------------------------------------------

  /** Adds a cell with a message in its first place. Answers {@link SENT}, {@link RING} (sent; the receiver sleeps: ring it) or {@link REFUSED}. */
  push(cell: number): number {
    const { words } = this.#arena
    // Plain: the exchange decides.
    let head = words[this.#head]!
    for (;;) {
      if ((head & CLOSED) !== 0) {
        head = load(words, this.#head)
        if ((head & CLOSED) !== 0) return REFUSED
      }
      words[cell + this.#prev] = head & WHERE
      if (replace(words, this.#head, head, cell)) return (head & SLEEP) === 0 ? SENT : RING
      head = load(words, this.#head)
    }
  }

  /** True if `message`, which this thread has sent, is the newest, and the receiver awake: then {@link extend} may add to its cell. */
  endsWith(message: number): boolean {
    // Plain: the exchange decides.
    return this.#words[this.#head] === message
  }

  /** Adds a message to the cell of the newest one, in the place after it, which is written. False: it is not the newest any more. */
  extend(newest: number): boolean {
    return replace(this.#words, this.#head, newest, newest + PLACE)
  }

  /** Adds a cell if the receiver sleeps: then ring it. */
  pushToSleeper(cell: number): boolean {
    const { words } = this.#arena
    const head = load(words, this.#head)
    words[cell + this.#prev] = head & WHERE
    return (head & (SLEEP | CLOSED)) === SLEEP && replace(words, this.#head, head, cell)
  }

  /**
   * The receiver sleeps beside an empty queue: the caller, on the same thread, can give it something. Whoever sends afterwards rings, though
   * the receiver is awake then; and it need not fall asleep anew.
   */
  get sleeps(): boolean {
    // Plain: whatever this thread can know to have been sent is seen. What is sent meanwhile comes before or after, as it likes, and rings.
    return this.#words[this.#head] === (this.#newest | SLEEP)
  }

  /** Sets GONE or CLOSED, and clears SLEEP: who sleeps must be rung. */
  mark(bit: number): void {
    for (;;) {
      const head = load(this.#arena.words, this.#head)
      if (replace(this.#arena.words, this.#head, head, (head | bit) & ~SLEEP)) return
    }
  }

  // --- the receiver -------------------------------------------------------------------------------------------------

  /** Becomes the receiver, after whoever was it before. */
  attach(): void {
    this.#taken = this.#newest = this.#arena.words[this.#front]!
    this.#linked = 0
    this.#arena.reach(cellOf(this.#taken) + 8)
  }

  /** How many messages can be taken, if more than `known` can; else `known` or less. */
  count(known: number): number {
    // Plain: a hint; `nap` looks again.
    if (this.#linked <= known && (this.#arena.words[this.#head]! & WHERE) !== this.#newest) this.relink()
    return this.#linked
  }

  /** Links what has come, whatever a plain look says. */
  relink(): void {
    const arena = this.#arena
    const top = load(arena.words, this.#head) & WHERE
    const newest = this.#newest
    const end = cellOf(newest)
    let at = top
    let after = 0
    let count = 0
    for (let cell = cellOf(at); cell !== end; cell = cellOf(at)) {
      if (cell === 0 || count > MOST || !arena.reach(cell + 8)) throw new CorruptError(`a channel's cell at ${cell}`)
      const { words } = arena
      words[cell + this.#next] = after + (at - cell)
      after = cell
      count += placeOf(at) + 1
      at = words[cell + this.#prev]!
    }
    arena.words[end + this.#next] = after + (at - end)
    this.#newest = top
    this.#linked += count + placeOf(at) - placeOf(newest)
  }

  /** The message that comes after that one in the queue; 0 if there is none that is linked. */
  after(message: number): number {
    return message === this.#newest ? 0 : this.#following(message)
  }

  #following(message: number): number {
    const cell = cellOf(message)
    const next = this.#arena.words[cell + this.#next]!
    return message - cell === next - cellOf(next) ? cellOf(next) : message + PLACE
  }

  /** The message that was taken last. */
  get taken(): number {
    return this.#taken
  }

  /** The last message in the cell of that one, of those that are linked. */
  lastBeside(message: number): number {
    const cell = cellOf(message)
    const next = this.#arena.words[cell + this.#next]!
    return cell + next - cellOf(next)
  }

  /** Takes the oldest, and those that follow in its cell, at most `most`; there must be so many. How many they were. They stay as they are until one in another cell is taken. */
  takeSome(most: number): number {
    const message = this.#following(this.#taken)
    const beside = placeOf(this.lastBeside(message)) - placeOf(message)
    const count = beside < most ? beside + 1 : most
    this.#taken = message + (count - 1) * PLACE
    this.#arena.words[this.#front] = this.#taken
    this.#linked -= count
    return count
  }

  /** Takes the oldest; there must be one. Its cell stays as it is until one in another cell is taken. */
  take(): number {
    const message = this.#following(this.#taken)
    this.#arena.words[this.#front] = message
    this.#taken = message
    this.#linked--
    return message
  }

  /** Means to sleep. Answers what stands in the head: with SLEEP in it, nothing has come, and who sends will ring. */
  nap(): number {
    const { words } = this.#arena
    // Plain: the exchange decides. But that it is asleep already must be seen after it was armed.
    let head = words[this.#head]!
    for (;;) {
      if ((head & SLEEP) !== 0) head = load(words, this.#head)
      if ((head & WHERE) !== this.#newest || (head & FLAGS) !== 0) return head
      if (replace(words, this.#head, head, head | SLEEP)) return head | SLEEP
      head = load(words, this.#head)
    }
  }

  /** What stands in the head. */
  look(): number {
    return load(this.#arena.words, this.#head)
  }

  /** True if `head` says that there is nothing that is not linked. */
  isEmpty(head: number): boolean {
    return (head & WHERE) === this.#newest
  }

  /** True if `head`, from {@link nap} or {@link look}, says that there is nothing, and will be nothing. */
  isOver(head: number): boolean {
    return (head & WHERE) === this.#newest && (head & (GONE | CLOSED)) !== 0
  }
}

export const SENT = 0
export const RING = 1
export const REFUSED = -1

/** The receiver sleeps, beside an empty queue. */
const SLEEP = 1
/** There is no receiver any more, or it wants no more. */
export const CLOSED = 2
/** There is no sender any more. */
export const GONE = 4
const FLAGS = 7
const WHERE = ~FLAGS
/** The memory ends below this address (memory/arena.ts). */
const PLACE = 1 << 27
const CELL = (PLACE - 1) & WHERE
/** Messages of a full memory. */
const MOST = 1 << 27

/** The message in the place after that of `message`. */
export function placeAfter(message: number): number {
  return message + PLACE
}

/** The cell of a message. */
export function cellOf(message: number): number {
  return message & CELL
}

/** Its place in there. */
export function placeOf(message: number): number {
  return message >>> 27
}
