// Counting the words of a text in UTF-8 without making a string of any: a hash table whose keys are places in the text.

/** What was counted. The arrays are parallel, an entry a word, in the order of first appearance. */
export interface Tally {
  words: number
  distinct: number
  /** How often each of the letters a to z occurs. */
  letters: Uint32Array
  /** Open addressing: 1 + an entry's index where its hash says or in the next free place after it, else 0. */
  table: Uint32Array
  hashes: Uint32Array
  starts: Uint32Array
  lengths: Uint32Array
  counts: Uint32Array
}

/** The part of a tally that people read. */
export interface Summary {
  readonly words: number
  readonly distinct: number
  readonly top: readonly { readonly word: string; readonly times: number }[]
  readonly letters: readonly number[]
}

function emptyTally(capacity = 1 << 13): Tally {
  return {
    words: 0,
    distinct: 0,
    letters: new Uint32Array(26),
    table: new Uint32Array(capacity * 2),
    hashes: new Uint32Array(capacity),
    starts: new Uint32Array(capacity),
    lengths: new Uint32Array(capacity),
    counts: new Uint32Array(capacity),
  }
}

/** Every byte's letter in lower case; 0 if it is part of no word. Beyond ASCII everything is part of one. */
const letterOf = Uint8Array.from({ length: 256 }, (_, byte) => {
  const lower = byte | 0x20
  return byte >= 0x80 ? byte : lower >= 0x61 && lower <= 0x7a ? lower : 0
})

/** The first place from `at` on where the text can be cut without cutting a word. */
export function wordBoundary(text: Uint8Array, at: number): number {
  let boundary = at
  while (boundary < text.length && letterOf[text[boundary]!] !== 0) boundary++
  return boundary
}

/** Counts the words between two boundaries. */
export function count(text: Uint8Array, from: number, to: number): Tally {
  const tally = emptyTally()
  const { letters } = tally
  let at = from
  while (at < to) {
    const start = at
    let hash = 0x811c9dc5
    for (; at < to; at++) {
      const letter = letterOf[text[at]!]!
      if (letter === 0) break
      hash = Math.imul(hash ^ letter, 0x01000193)
      if (letter < 0x80) letters[letter - 0x61]!++
    }
    if (at > start) add(tally, text, hash >>> 0, start, at - start, 1)
    else at++
  }
  return tally
}

/** Adds what `other` counted to `tally`. */
export function merge(text: Uint8Array, tally: Tally, other: Tally): Tally {
  for (let i = 0; i < other.distinct; i++) {
    add(tally, text, other.hashes[i]!, other.starts[i]!, other.lengths[i]!, other.counts[i]!)
  }
  for (let i = 0; i < 26; i++) tally.letters[i]! += other.letters[i]!
  return tally
}

function add(tally: Tally, text: Uint8Array, hash: number, start: number, length: number, times: number): void {
  tally.words += times
  const { table, hashes, starts, lengths } = tally
  const mask = table.length - 1
  let place = scatter(hash) & mask
  for (; table[place] !== 0; place = (place + 1) & mask) {
    const entry = table[place]! - 1
    if (hashes[entry] === hash && lengths[entry] === length && sameWord(text, starts[entry]!, start, length)) {
      tally.counts[entry]! += times
      return
    }
  }
  const entry = tally.distinct++
  table[place] = entry + 1
  hashes[entry] = hash
  starts[entry] = start
  lengths[entry] = length
  tally.counts[entry] = times
  if (tally.distinct === hashes.length) grow(tally)
}

/** The low bits of a product depend on low bits only: these have seen them all. */
const scatter = (hash: number): number => hash ^ (hash >>> 15)

function sameWord(text: Uint8Array, a: number, b: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (letterOf[text[a + i]!] !== letterOf[text[b + i]!]) return false
  return true
}

function grow(tally: Tally): void {
  const { table, hashes, starts, lengths, counts } = emptyTally(tally.hashes.length * 2)
  hashes.set(tally.hashes)
  starts.set(tally.starts)
  lengths.set(tally.lengths)
  counts.set(tally.counts)
  const mask = table.length - 1
  for (let entry = 0; entry < tally.distinct; entry++) {
    let place = scatter(hashes[entry]!) & mask
    while (table[place] !== 0) place = (place + 1) & mask
    table[place] = entry + 1
  }
  Object.assign(tally, { table, hashes, starts, lengths, counts })
}

/** The ten most frequent words; of those that are equally frequent, the one that appears first comes first. */
export function summarise(text: Uint8Array, tally: Tally): Summary {
  const { words, distinct, letters, starts, lengths, counts } = tally
  const decoder = new TextDecoder()
  const top = Array.from({ length: distinct }, (_, entry) => entry)
    .sort((a, b) => counts[b]! - counts[a]!)
    .slice(0, 10)
    .map(entry => {
      const word = text.slice(starts[entry], starts[entry]! + lengths[entry]!)
      return { word: decoder.decode(word).toLowerCase(), times: counts[entry]! }
    })
  return { words, distinct, top, letters: [...letters] }
}
