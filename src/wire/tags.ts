/**
 * The shape of a message. A value is one header word, then what the header says:
 *
 *     31                              5 4     0
 *     [ payload: 27 bits               ] [ tag ]
 *
 * The payload is the value itself (small integers, constants), a count (strings, arrays, objects) or a kind (views).
 * The zero word is no tag, so that memory nobody wrote is not taken for a value.
 *
 * Objects are numbered in the order in which their headers appear, in the whole message; `REF` names one by number.
 * Writer and reader count alike, so the numbers themselves are never written.
 */
export const TAG_BITS = 5
export const TAG_MASK = 31
export const MAX_COUNT: number = 2 ** 27 - 1

/** Objects in objects. `structuredClone` gives up at 1600 levels on a main thread's stack; a fixed bound gives up alike everywhere. */
export const MAX_DEPTH = 1000

/** Payload: the integer, signed. */
export const SMALL = 1
/** One word: the integer. */
export const INT = 2
/** Two words: the bits of a double. */
export const FLOAT = 3
/** Payload: one of the constants below. */
export const CONSTANT = 4
/** Payload: length; four characters below 128 to a word. */
export const ASCII = 5
/** Payload: length; two UTF-16 code units to a word, lone surrogates included. */
export const UTF16 = 6
/** Payload: the number of an object seen before in this message. */
export const REF = 7
/** Payload: length; that many values. */
export const ARRAY = 8
/** Payload: number of entries; keys, each an ASCII or UTF16, and values. */
export const OBJECT = 9
/** As OBJECT, with no prototype. */
export const BARE = 10
/** One word: the id of a task. */
export const TASK = 11
/** A string: the digits of the magnitude in base 16. Payload: 1 if negative. */
export const BIGINT = 12
/** An array with holes. Payload: number of elements; one word: length; for each element an index word and a value. */
export const SPARSE = 13
/** Payload: number of entries; keys and values. */
export const MAP = 14
/** Payload: number of members. */
export const SET = 15
/** A number, as a value: its time. */
export const DATE = 16
/** Two strings: source and flags. */
export const REGEXP = 17
/** One word: length in bytes; the bytes. */
export const BUFFER = 18
/** One word: the id of a SharedArrayBuffer. */
export const SHARED = 19
/** Payload: index into VIEWS; two words: byte offset, length; then its buffer, as a value. */
export const VIEW = 20
/** A primitive: the value in the box. */
export const BOX = 21
/** Payload: number of properties; the class name (after DOMException: message and name); for each a key, a word
 *  (1 if enumerable) and a value. */
export const ERROR = 22
/** Payload: the class, see envoy.ts; one word: how many; the words by which the object is found again. */
export const ENVOY = 23

/** What `CONSTANT` means, by payload. */
export const CONSTANTS: readonly unknown[] = [undefined, null, true, false]
export const UNDEFINED: number = CONSTANT | (0 << TAG_BITS)
export const NULL: number = CONSTANT | (1 << TAG_BITS)
export const TRUE: number = CONSTANT | (2 << TAG_BITS)
export const FALSE: number = CONSTANT | (3 << TAG_BITS)
