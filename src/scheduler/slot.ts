import { CorruptError } from '../errors.ts'
import { type Arena, GRANULE } from '../memory/arena.ts'
import { load, replace, store, type Words } from '../memory/atomics.ts'
import { layout } from '../memory/layout.ts'

/**
 * A slot: the record of one job, that is of one queued execution of a task.
 *
 *   FREE -> PUBLISHED -> CLAIMED by s -> DONE | FAILED -> FREE (next generation)
 *     ^         |
 *     +---------+  taken back by its home, or canceled (next generation)
 *
 *   FREE -> HELD -> FREE (next generation): a record that is no job, see below
 *
 * The state word holds state, claimer's seat and generation, and changes as one. Who may move it:
 *
 * | from -> to | who | how |
 * | --- | --- | --- |
 * | FREE -> PUBLISHED | home (the seat that allocated it) | store; nobody else looks at the slot before |
 * | PUBLISHED -> CLAIMED | any thread that means to run it | compare-exchange, once per publication: **the claim** |
 * | PUBLISHED -> FREE | home | compare-exchange |
 * | FREE -> FREE (next generation) | home, where the end of the stack cut off a publication or a taking back | compare-exchange |
 * | CLAIMED -> DONE, FAILED | the claimer; the repair once the claimer's thread is dead | store |
 * | DONE, FAILED, with another seat | the keeper of a spawned task, while it takes that out of its mail: its own | store |
 * | DONE, FAILED -> FREE | home | store |
 * | CLAIMED -> FREE | the claimer of a spawned task, which is its keeper too, if no other seat can know of it (live/README.md) | store |
 *
 * | FREE -> HELD -> FREE | whoever made it; whoever lets go of it last | store |
 *
 * HELD is what a record is whose life is counted by its own rules: something that tasks wait for, a subscription to it, a notice
 * in the mail (live/README.md). It is made of a slot so that it can be mailed, recycled and told from garbage like one.
 *
 * Arguments are written before PUBLISHED and read after the claim; the result before DONE and read after it was seen: all of
 * it plain. After DONE the claimer does not touch the slot again (home may already use it for something else).
 */
export const FREE = 0
export const PUBLISHED = 1
export const CLAIMED = 2
export const DONE = 3
export const FAILED = 4
export const HELD = 5

const STATE_BITS = 3
const SEAT_BITS = 9
const STATE_MASK = (1 << STATE_BITS) - 1
const SEAT_MASK = (1 << SEAT_BITS) - 1
const GENERATION_SHIFT = STATE_BITS + SEAT_BITS
/** Seats that a state word can name. */
export const SEATS: number = 1 << SEAT_BITS

const record = layout({
  state: 1,
  /** Free list or mailbox. */
  link: 1,
  /** `MAGIC ^ granule`, written once: tells a slot from anything else that a forged ref may point at. */
  self: 1,
  /** The slot made before this one, written once: how the repair finds all slots of a pool. */
  chain: 1,
  task: 1,
  home: 1,
  /** Number of arguments; while DONE or FAILED unused. */
  count: 1,
  /** Address of the words of the arguments or of the result, if they did not fit below; else 0. */
  block: 1,
  /** How many words. */
  length: 1,
  /** Slot of the root that this job belongs to: where it finds progress and cancellation. A root's is itself. */
  root: 1,
  /** What becomes of it when it ends: see `Delivery`. */
  delivery: 1,
  // From here on a fork has its payload. A root, that is a run or a spawned task, has words of its own first.
  /** 1 once it shall stop. */
  canceled: 1,
  /** What `progress` has added up. */
  progress: 1,
  /** The seat that is told of its end. */
  keeper: 1,
  /** Slot of the task whose child it is, which does not end before it; 0 if there is none. */
  parent: 1,
  /** How many handles on other seats may still ask for its outcome; and `KEPT`, until its keeper has it. */
  holds: 1,
  /** Head of the list of subscriptions of seats that wait for its end. */
  watchers: 1,
  /** Head of the list of children that its forks have spawned on other seats, and that its own seat has not adopted yet. */
  strays: 1,
  /** The next in that list. */
  sibling: 1,
  /** 1 if it may run on one thread alone, which has been sent an errand; whoever joins it must not begin it. */
  pinned: 1,
  /** 1 if its failure shows at its join only. */
  supervised: 1,
  /** The keeper's own: where its handle is. */
  ward: 1,
  /** Sections under way, in it and its forks, in which nothing may stop it. */
  shields: 1,
  /** Block of the name that it was given (Jobs.deposit); 0 if it has none. Freed with the slot. */
  name: 1,
  /** Names the block of its task-local values (storage/task-local.ts); 0 if it has none. Freed with the slot. */
  locals: 1,
})
const SIZE = GRANULE
export const STATE: number = record.at.state
export const LINK: number = record.at.link
export const TASK: number = record.at.task
export const HOME: number = record.at.home
export const COUNT: number = record.at.count
export const BLOCK: number = record.at.block
export const LENGTH: number = record.at.length
export const ROOT: number = record.at.root
export const DELIVERY: number = record.at.delivery
export const CANCELED: number = record.at.canceled
export const PROGRESS: number = record.at.progress
export const KEEPER: number = record.at.keeper
export const PARENT: number = record.at.parent
export const HOLDS: number = record.at.holds
/**
 * The keeper's part in `HOLDS`, in the same word: that it has been let go of must be seen of it, whatever else holds the slot. Once nobody has
 * a part, `~seat` stands there, of the thread that frees it.
 */
export const KEPT: number = 1 << 24
export const WATCHERS: number = record.at.watchers
export const STRAYS: number = record.at.strays
export const SIBLING: number = record.at.sibling
export const PINNED: number = record.at.pinned
export const SUPERVISED: number = record.at.supervised
export const WARD: number = record.at.ward
export const SHIELDS: number = record.at.shields
export const NAME: number = record.at.name
export const LOCALS: number = record.at.locals
export const SLOT_SIZE: number = SIZE
/** Where arguments or result of a fork begin. A HELD record may use all words from here on. */
export const PAYLOAD: number = record.at.delivery + 1
/** The same of a root. */
const ROOT_PAYLOAD: number = record.at.locals + 1

/** Where the payload begins. */
export function payloadOf(delivery: number): number {
  return delivery === JOINED ? PAYLOAD : ROOT_PAYLOAD
}

/** The home joins it: it polls the state. */
export const JOINED = 0
/** A run: sent to the keeper's mailbox when it ends; the keeper is its home. */
export const MAILED = 1
/** A spawned task: the same, and the keeper is the seat of its parent. */
export const SPAWNED = 2
/** True of a root. */
export function isRoot(delivery: number): boolean {
  return delivery === MAILED || delivery === SPAWNED
}

/** No job, for whom it is a matter of its own rules: a subscription. */
export const SUBSCRIPTION = 3
/** No job: something to be told to the seat that it is sent to. */
export const NOTICE = 4
/** No job: a channel. Its record stays one for ever, free or in use (channel/record.ts). */
export const CHANNEL = 6
/** No job: a message that names shared buffers, which stay findable until the record is freed. */
export const PARCEL = 7
/** No job: something that a thread is asked to do (errand.ts). */
export const ERRAND = 8
/** The first word of an errand and of a notice: seat whose thread has it out of its mail, plus one. The repair finds by it what died with that thread. */
export const HOLDER: number = record.at.delivery + 1

/** No job: something that tasks wait for. */
export const THING = 5

/** `COUNT` of a FAILED slot that has no words: its claimer's thread died. */
export const LOST = -1
/** The same: there was no memory for the words. */
export const UNSAID = -2

const MAGIC = 0x51_07_f1_1c
const GRANULE_BITS = 22
const GRANULE_MASK = (1 << GRANULE_BITS) - 1
const TAG_MASK = (1 << (32 - GRANULE_BITS)) - 1

export function stateOf(word: number): number {
  return word & STATE_MASK
}

export function seatOf(word: number): number {
  return (word >>> STATE_BITS) & SEAT_MASK
}

/** `word` with another state and seat, generation kept. */
export function withState(word: number, state: number, seat: number): number {
  return ((word >>> GENERATION_SHIFT) << GENERATION_SHIFT) | (seat << STATE_BITS) | state
}

/** `word` in the next generation, FREE. */
function nextGeneration(word: number): number {
  return ((word >>> GENERATION_SHIFT) + 1) << GENERATION_SHIFT
}

/** The job ref: granule and the low bits of the generation. Never 0 (granule 0 is no slot), never -1. */
export function refOf(slot: number, word: number): number {
  return (((word >>> GENERATION_SHIFT) & TAG_MASK) << GRANULE_BITS) | (slot / GRANULE)
}

/** Address of the slot that `ref` names, whatever its generation. Throws if there is no slot at that place. */
export function slotOf(arena: Arena, ref: number): number {
  const granule = ref & GRANULE_MASK
  const slot = granule * GRANULE
  if (!arena.reach(slot + SIZE) || arena.words[slot + record.at.self] !== (MAGIC ^ granule)) {
    throw new CorruptError(`job ref ${ref >>> 0} names no slot`)
  }
  return slot
}

/** True if `ref` was made from this generation of the slot. */
export function names(ref: number, word: number): boolean {
  return ref >>> GRANULE_BITS === ((word >>> GENERATION_SHIFT) & TAG_MASK)
}

/** True if the publication that `ref` names is over or claimed. Final: it cannot become claimable again. */
export function isDead(arena: Arena, ref: number): boolean {
  // In two statements: `slotOf` may take a new view, and the old one does not reach so far.
  const slot = slotOf(arena, ref)
  const word = load(arena.words, slot + STATE)
  return stateOf(word) !== PUBLISHED || !names(ref, word)
}

/** True of a task that may run on one thread alone. Plain, after its state was loaded, which is PUBLISHED later. */
export function isBound(words: Words, slot: number): boolean {
  return words[slot + DELIVERY] === SPAWNED && words[slot + PINNED] === 1
}

/** The same for home, without an atomic: a stale word says PUBLISHED of what is over, never the reverse. */
export function isOver(arena: Arena, ref: number): boolean {
  const word = arena.words[(ref & GRANULE_MASK) * GRANULE + STATE]!
  return stateOf(word) !== PUBLISHED || !names(ref, word)
}

/** True if the slot has not been freed between the two state words: what was published then is still in use. */
export function sameUse(a: number, b: number): boolean {
  return (a ^ b) >>> GENERATION_SHIFT === 0
}

/** Generation of a state word, for a later {@link sameUse}. */
export function useOf(word: number): number {
  return word >>> GENERATION_SHIFT
}

/** Claims the job for `seat`. False if it was claimed, taken back or canceled before. */
export function claim(arena: Arena, slot: number, word: number, seat: number): boolean {
  return replace(arena.words, slot + STATE, word, withState(word, CLAIMED, seat))
}

/** Home takes its own publication back. False: somebody has claimed it. */
export function takeBack(arena: Arena, slot: number, word: number): boolean {
  return replace(arena.words, slot + STATE, word, nextGeneration(word))
}

/** Home: what is DONE or FAILED may be used again. */
export function release(arena: Arena, slot: number): void {
  store(arena.words, slot + STATE, nextGeneration(arena.words[slot + STATE]!))
}

/**
 * The same, of a root that was CLAIMED by its home and that nobody else knows of. Plain: who comes by an old ref, or looks at all slots, finds it
 * CLAIMED a moment longer, by a thread that lives, and no claim succeeds on either word. The next use begins with an atomic store.
 */
export function retire(words: Words, slot: number): void {
  words[slot + STATE] = nextGeneration(words[slot + STATE]!)
}

/** Seat in the state word of a slot that is FREE, and on its home's list of what others have freed or about to be. */
const LOOSE = 1

/** Another seat than its home, before it gives the slot back. The repair must not take it for one that nobody has. */
export function loosen(arena: Arena, slot: number): void {
  store(arena.words, slot + STATE, withState(nextGeneration(arena.words[slot + STATE]!), FREE, LOOSE))
}

/** See {@link loosen}. */
export function isLoose(word: number): boolean {
  return stateOf(word) === FREE && seatOf(word) === LOOSE
}

/** Once in the life of a record (Slab.allocate): names it and adds it to the pool's chain, whose head is the word `chain`. */
export function prepareSlot(arena: Arena, slot: number, home: number, chain: number): void {
  const words = arena.words
  words[slot + record.at.self] = MAGIC ^ (slot / GRANULE)
  words[slot + HOME] = home
  for (;;) {
    const head = load(words, chain)
    words[slot + record.at.chain] = head
    if (replace(words, chain, head, slot)) return
  }
}

/** Every slot of the pool, newest first. */
export function* allSlots(arena: Arena, chain: number): Generator<number> {
  for (let slot = load(arena.words, chain); slot !== 0; slot = arena.words[slot + record.at.chain]!) {
    arena.reach(slot + SIZE)
    yield slot
  }
}
