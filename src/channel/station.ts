import { cellOf, type Chain, CLOSED, GONE, REFUSED, RING } from '../lockfree/chain.ts'
import type { Holders } from '../lockfree/holders.ts'
import type { Ring } from '../lockfree/ring.ts'
import { load, replace, store } from '../memory/atomics.ts'
import { type Household, householdOf } from '../live/household.ts'
import type { Watch } from '../live/watch.ts'
import type { Worker } from '../scheduler/worker.ts'
import { Ahead } from './ahead.ts'
import { ASLEEP, type Direct, NOTHING, OVER, READY } from './answer.ts'
import { type Cells, cellsOf } from './cells.ts'
import { Offers } from './offers.ts'
import { Outbox } from './outbox.ts'
import { chainAt, ringAt } from './queues.ts'
import * as at from './record.ts'
import { UNBOUNDED } from './record.ts'

/** A channel as one seat sees it: whichever of its ends are there. */
export class Station {
  readonly worker: Worker
  readonly house: Household
  readonly slot: number
  readonly use: number
  readonly capacity: number
  readonly cells: Cells
  /** Rendezvous. */
  readonly offers: Offers
  /** What tells a receiver here of messages, and senders here of room. */
  readonly watch: Watch
  readonly room: Watch
  readonly #holders: Holders
  readonly #chain: Chain | undefined
  readonly #outbox: Outbox | undefined
  /** The receiver's: while there is something in it, nothing is set aside. */
  readonly ahead: Ahead | undefined
  readonly #ring: Ring | undefined
  #senders = 0
  /** The receiver is here; and how often it came or went: who has asked it for a message must not take one after that. */
  #here = false
  stay = 0
  /** The receiver that has left here, to be had back if its message was not sent. */
  away: { readonly ticket: number; readonly back: () => void } | undefined
  /** Messages that somebody is about to take, and of those of a rendezvous: that have been taken from their senders, withdrawn ones between. */
  #reserved = 0
  #claimed = 0
  #void = 0
  /** The last cell that was looked at, if that is further than what was taken. */
  #peek = 0
  /** A value on its way from a sender here to the receiver here that waits for it. */
  #handed = false
  #hand: unknown
  /** How often the watch had been rung when the receiver last fell asleep beside an empty queue, the watch armed. */
  #slept = -1

  private constructor(worker: Worker, slot: number, use: number) {
    const { arena } = worker.registry
    this.worker = worker
    this.house = householdOf(worker)
    this.slot = slot
    this.use = use
    this.capacity = arena.words[slot + at.CAPACITY]!
    this.cells = cellsOf(worker)
    this.offers = new Offers(worker.registry.arena, this.cells)
    this.watch = this.house.waits.at(slot + at.WATCHERS)
    this.room = this.house.waits.at(slot + at.ROOM)
    this.#holders = at.holdersOf(worker, slot)
    if (this.capacity > 0) {
      const places = arena.words[slot + at.PLACES]!
      arena.reach(places + this.capacity)
      this.#ring = ringAt(worker, slot, places, this.capacity)
    } else {
      this.#chain = chainAt(worker, slot)
      this.ahead = new Ahead(this.#chain, this.cells)
      this.#outbox = new Outbox(this.#chain, this.cells)
    }
  }

  /** The channel in `slot`, as this seat sees it. */
  static at(worker: Worker, slot: number): Station {
    let all = stations.get(worker)
    if (all === undefined) stations.set(worker, (all = new Map()))
    worker.registry.arena.reach(slot + 32)
    const use = worker.registry.arena.words[slot + at.USE]!
    let station = all.get(slot)
    if (station === undefined || station.use !== use) all.set(slot, (station = new Station(worker, slot, use)))
    return station
  }

  /** A new channel, both of whose ends are here. */
  static open(worker: Worker, capacity: number): Station {
    const slot = at.openRecord(worker, capacity, fresh => {
      const { arena } = worker.registry
      if (capacity <= 0) {
        const { words } = arena
        const dummy = words[fresh + at.FRONT]!
        return chainAt(worker, fresh).initialise(dummy === 0 ? cellsOf(worker).blank() : dummy)
      }
      const places = worker.jobs.heap.allocate(capacity)
      arena.reach(places + capacity)
      arena.words[fresh + at.PLACES] = places
      ringAt(worker, fresh, places, capacity).initialise()
    })
    const station = Station.at(worker, slot)
    station.#senders = 1
    station.#settle()
    return station
  }

  // --- who is here --------------------------------------------------------------------------------------------------

  /** Another sender here. */
  addSender(): void {
    if (this.#senders++ === 0) this.#holders.join(this.worker.seat)
  }

  removeSender(): void {
    if (--this.#senders === 0 && this.#holders.leave(this.worker.seat)) this.desert()
  }

  /** A sender is sent. */
  sendSender(): void {
    this.#holders.depart()
  }

  /** One that was sent has arrived, or will not. */
  receiveSender(): void {
    if (this.#holders.arrive()) this.desert()
  }

  /** There are no senders any more: the receiver must know. */
  desert(): void {
    const { arena } = this.worker.registry
    if (at.beginSenders(arena, this.slot, this.worker.seat)) this.#seeToSenders()
  }

  #seeToSenders(): void {
    this.#chain?.mark(GONE)
    this.worker.post.ring(this.slot + at.WATCHERS)
    at.endSenders(this.worker, this.slot)
  }

  /** The receiver leaves. Its ticket. */
  sendReceiver(): number {
    const { words } = this.worker.registry.arena
    this.ahead?.settle()
    const ticket = (words[this.slot + at.TICKET]! + 1) & 0x3fff_ffff
    words[this.slot + at.TICKET] = ticket
    store(words, this.slot + at.OWNER, ~ticket)
    this.#here = false
    this.stay++
    return ticket
  }

  /** The receiver of that journey is here, unless it is elsewhere already. */
  receiveReceiver(ticket: number): boolean {
    const { words } = this.worker.registry.arena
    if (!replace(words, this.slot + at.OWNER, ~ticket, this.worker.seat + 1)) return false
    this.#settle()
    return true
  }

  /** Somebody here waits, or is about to take what is set aside for it. */
  get busy(): boolean {
    return this.#reserved > 0 || this.#handed || this.watch.waiting.length > 0
  }

  #settle(): void {
    this.away = undefined
    this.#here = true
    this.stay++
    this.#reserved = this.#claimed = this.#void = this.#peek = 0
    this.#slept = -1
    this.ahead?.attach()
  }

  /** The receiver, which is here, is gone for good: nothing can be sent any more, and what was sent is dropped. */
  dismiss(): void {
    const { worker, slot } = this
    this.#here = this.#handed = false
    this.stay++
    this.#hand = undefined
    const drop = (cell: number): void => {
      this.offers.refuse(cell)
      this.cells.drop(cell)
    }
    if (this.#chain !== undefined) {
      this.#chain.mark(CLOSED)
      this.ahead!.settle()
      this.#chain.relink()
      while (this.#chain.count(0) > 0) drop(cellOf(this.ahead!.advance()))
    } else {
      this.#ring!.shut(cell => {
        drop(cell)
        this.cells.free(cell)
      })
    }
    this.cells.flush()
    worker.post.ring(slot + at.ROOM)
    store(worker.registry.arena.words, slot + at.OWNER, 0)
    at.endReceiver(worker, slot)
  }

  /** The thread of a seat has died, and this one repairs. */
  bury(seat: number): void {
    const { arena } = this.worker.registry
    if (at.isSeeing(arena, this.slot, seat)) this.#seeToSenders()
    else if (this.#holders.bury(seat)) this.desert()
    if (load(arena.words, this.slot + at.OWNER) !== seat + 1) return
    this.ahead?.attach()
    this.dismiss()
  }

  // --- sending ------------------------------------------------------------------------------------------------------

  /** There is no receiver any more. */
  get abandoned(): boolean {
    return load(this.worker.registry.arena.words, this.slot + at.OWNER) === 0
  }

  /** Sends on a channel without bound. False: there is nobody to receive it. */
  send(value: unknown): boolean {
    if (this.#here && this.#give(value)) return true
    const answer = this.#outbox!.push(value)
    if (answer === RING) this.worker.post.ring(this.slot + at.WATCHERS)
    return answer !== REFUSED
  }

  /** Direct hand-off: what is immutable goes to a receiver that waits on this seat without passing through shared memory. */
  #give(value: unknown): boolean {
    const { waiting } = this.watch
    if (waiting.length !== 1 || this.#reserved > 0 || this.#handed) return false
    if ((typeof value === 'object' && value !== null) || typeof value === 'function' || typeof value === 'symbol')
      return false
    const wait = waiting.first!.wait as Partial<Direct>
    if (wait.accept === undefined || !this.#chain!.sleeps) return false
    this.#handed = true
    this.#hand = value
    this.#reserved++
    wait.accept()
    this.house.waits.release(this.watch)
    return true
  }

  /** Bounded: sends a filled cell. False: there is no room, and whoever waits for it will be told. Undefined: nobody to receive it. */
  place(cell: number, waits: boolean): boolean | undefined {
    const ring = this.#ring!
    let done = ring.push(cell)
    if (done === false && waits) {
      ring.want()
      done = ring.push(cell)
    }
    if (done === true && ring.arouse()) this.worker.post.ring(this.slot + at.WATCHERS)
    return done
  }

  /** Rendezvous: offers a filled cell. Returns where the answer will be; 0 if there is nobody to receive it. */
  offer(cell: number): number {
    const answer = this.offers.make(cell)
    const pushed = this.#chain!.push(cell)
    if (pushed === RING) this.worker.post.ring(this.slot + at.WATCHERS)
    if (pushed !== REFUSED) return answer
    this.cells.free(answer)
    return 0
  }

  /** Rendezvous: gives a filled cell to a receiver that waits. False: none does. */
  meet(cell: number): boolean {
    if (!this.#chain!.pushToSleeper(cell)) return false
    this.worker.post.ring(this.slot + at.WATCHERS)
    return true
  }

  // --- receiving ----------------------------------------------------------------------------------------------------

  /** A message is set aside for whoever asks; READY if so. With `waits`, NOTHING means that there will be a ring. */
  reserve(waits: boolean): number {
    const chain = this.#chain
    if (chain === undefined) return this.#reserveInRing(waits)
    this.ahead!.settle()
    for (;;) {
      if (this.capacity === UNBOUNDED ? this.#next(chain) : this.#claim(chain)) return READY
      const head = waits ? chain.nap() : chain.look()
      if (chain.isOver(head)) return OVER
      if (chain.isEmpty(head)) {
        if (waits && this.watch.armed) this.#slept = this.watch.rings
        this.cells.flush()
        return NOTHING
      }
      chain.relink()
    }
  }

  /**
   * How many messages can be taken without being set aside first, on a channel without bound. A quick look: 0 says nothing. ASLEEP: asking
   * would come to nothing, and what comes is not missed. The receiver has looked since the watch was armed and has fallen asleep; if it is awake by now,
   * and this plain look is late, who has woken it has rung, and the ring is in the mail.
   */
  get fresh(): number {
    if (this.capacity !== UNBOUNDED || this.#reserved > 0 || this.#handed) return 0
    this.ahead!.settle()
    const count = this.#chain!.count(0)
    const { watch } = this
    return count === 0 && this.#slept === watch.rings && watch.armed && this.#chain!.sleeps ? ASLEEP : count
  }

  #next(chain: Chain): boolean {
    const known = this.#handed ? this.#reserved - 1 : this.#reserved
    if (known >= 0 && chain.count(known) <= known) return false
    this.#reserved++
    return true
  }

  /** Rendezvous: agrees with a sender that its message is taken. */
  #claim(chain: Chain): boolean {
    if (this.#claimed > this.#reserved) {
      this.#reserved++
      return true
    }
    while (chain.count(this.#claimed + this.#void) > this.#claimed + this.#void) {
      const cell = (this.#peek = chain.after(this.#peek === 0 ? chain.taken : this.#peek))
      if (this.offers.accept(cell)) {
        this.#claimed++
        this.#reserved++
        this.worker.post.ring(this.slot + at.ROOM)
        return true
      }
      this.#void++
    }
    return false
  }

  #reserveInRing(waits: boolean): number {
    const ring = this.#ring!
    if (ring.holds(this.#reserved)) return this.#reserveOne()
    if (waits) {
      ring.nap()
      if (ring.holds(this.#reserved)) return this.#reserveOne()
    }
    if (!at.isDeserted(this.worker.registry.arena, this.slot)) {
      this.cells.flush()
      return NOTHING
    }
    // Whatever the last of them has sent came before it went.
    return ring.holds(this.#reserved) ? this.#reserveOne() : OVER
  }

  #reserveOne(): number {
    this.#reserved++
    return READY
  }

  /** It will not be taken by who has reserved it: others who wait may have it. */
  release(): void {
    this.#reserved--
    this.house.waits.stir(this.watch)
  }

  /** Takes a message that was reserved, the oldest. */
  take(): unknown {
    this.#reserved--
    if (this.#handed) {
      const hand = this.#hand
      this.#handed = false
      this.#hand = undefined
      return hand
    }
    const chain = this.#chain
    if (chain === undefined) return this.#takeFromRing()
    let cell = this.ahead!.advance()
    if (this.capacity !== UNBOUNDED) {
      this.#claimed--
      while (this.offers.isVoid(cell)) {
        this.#void--
        this.cells.drop(cell)
        cell = this.ahead!.advance()
      }
      if (this.#peek === cell) this.#peek = 0
    }
    return this.cells.read(cell)
  }

  #takeFromRing(): unknown {
    const ring = this.#ring!
    const cell = ring.take()
    if (ring.invite()) this.worker.post.ring(this.slot + at.ROOM)
    try {
      return this.cells.read(cell)
    } finally {
      this.cells.free(cell)
    }
  }
}

const stations = new WeakMap<Worker, Map<number, Station>>()
