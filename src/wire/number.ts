import * as tag from './tags.ts'
import { TAG_BITS } from './tags.ts'

const double = new Float64Array(1)
const doubleWords = new Int32Array(double.buffer)

/** Needs room for three words, and returns where the next value goes. */
export function putNumber(words: Int32Array, at: number, value: number): number {
  // -0 is not an integer here.
  if ((value | 0) === value && (value !== 0 || 1 / value > 0)) {
    if ((value << TAG_BITS) >> TAG_BITS === value) {
      words[at] = (value << TAG_BITS) | tag.SMALL
      return at + 1
    }
    words[at] = tag.INT
    words[at + 1] = value
    return at + 2
  }
  double[0] = value
  words[at] = tag.FLOAT
  words[at + 1] = doubleWords[0] as number
  words[at + 2] = doubleWords[1] as number
  return at + 3
}
