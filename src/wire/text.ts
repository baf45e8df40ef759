/** Strings into words and back: four characters to a word if all are ASCII, else two UTF-16 code units. */
import { ASCII, TAG_BITS, UTF16 } from './tags.ts'

/** From this length on the engine's encoder beats a loop over `charCodeAt`. */
const ENCODED = 48
/** From this length on the engine's decoder beats a call of `String.fromCharCode`, which also gets no more at once. */
const DECODED = 256
const KEYS = 256
const KEY_LENGTH = 24

const encoder = new TextEncoder()
const ascii = new TextDecoder()
const utf16 = new TextDecoder('utf-16le', { ignoreBOM: true })
/** By length, as `apply` takes all of an array. */
const codes: number[][] = []
const keys: string[] = []

/**
 * Writes `text`, with its header, at `at` and returns where it ends. `bytes` is the memory of `words`, which has room
 * for the larger form, 1 + n/2 words.
 */
export function writeText(words: Int32Array, bytes: Uint8Array, at: number, text: string): number {
  const n = text.length
  const end = at + 1 + ((n + 3) >> 2)
  if (n < ENCODED ? writeShort(words, at + 1, text) : encode(words, bytes, at + 1, end, text)) {
    words[at] = (n << TAG_BITS) | ASCII
    return end
  }
  words[at++] = (n << TAG_BITS) | UTF16
  // Beyond the end `charCodeAt` is NaN, and NaN << 16 is 0.
  for (let i = 0; i < n; i += 2) words[at++] = text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16)
  return at
}

/** Whether `text` is ASCII; it is written then. */
function writeShort(words: Int32Array, at: number, text: string): boolean {
  const n = text.length
  let all = 0
  let i = 0
  for (; i + 3 < n; i += 4) {
    const a = text.charCodeAt(i)
    const b = text.charCodeAt(i + 1)
    const c = text.charCodeAt(i + 2)
    const d = text.charCodeAt(i + 3)
    all |= a | b | c | d
    words[at++] = a | (b << 8) | (c << 16) | (d << 24)
  }
  let rest = 0
  for (let shift = 0; i < n; i++, shift += 8) {
    const code = text.charCodeAt(i)
    all |= code
    rest |= code << shift
  }
  if ((n & 3) > 0) words[at] = rest
  return all < 128
}

/** As `writeShort`. What is not ASCII takes more than a byte and does not fit. */
function encode(words: Int32Array, bytes: Uint8Array, at: number, end: number, text: string): boolean {
  words[end - 1] = 0
  return encoder.encodeInto(text, bytes.subarray(at * 4, at * 4 + text.length)).read === text.length
}

/** The `n` characters at `at`. The caller has checked that the words are there. */
export function readText(words: Int32Array, at: number, n: number, kind: number): string {
  // Characters to a word, as a shift.
  const per = kind === ASCII ? 2 : 1
  if (n >= DECODED) {
    // Copied, because the decoder of a browser refuses shared memory.
    const { buffer } = words.slice(at, at + Math.ceil(n / (1 << per)))
    const text = (kind === ASCII ? ascii : utf16).decode(new Uint8Array(buffer, 0, n * (4 >> per)))
    // The replacement character stands for a lone surrogate, or for itself.
    if (!text.includes('\ufffd')) return text
  }
  const bits = 32 >> per
  const mask = (1 << bits) - 1
  let text = ''
  for (let from = 0; from < n; from += DECODED) {
    const m = Math.min(n - from, DECODED)
    const some = (codes[m] ??= new Array<number>(m).fill(0))
    for (let i = 0; i < m; i++) {
      const k = from + i
      some[i] = ((words[at + (k >> per)] as number) >> (k * bits)) & mask
    }
    text += String.fromCharCode.apply(null, some)
  }
  return text
}

/**
 * A property key: the same few come again and again, and a string that was a key before is found faster by the engine
 * than its equal made anew. `keys` is a cache without order: where two keys meet, the later one stays.
 */
export function readKey(words: Int32Array, at: number, n: number, kind: number): string {
  if (n > KEY_LENGTH || kind !== ASCII) return readText(words, at, n, kind)
  let hash = n
  for (let i = 0; i < n; i += 4) hash = Math.imul(hash ^ (words[at + (i >> 2)] as number), 0x9e3779b1)
  const place = (hash >>> 16) % KEYS
  const known = keys[place]
  if (known?.length === n) {
    let i = 0
    while (i < n && known.charCodeAt(i) === (((words[at + (i >> 2)] as number) >> (8 * i)) & 255)) i++
    if (i === n) return known
  }
  return (keys[place] = readText(words, at, n, kind))
}
