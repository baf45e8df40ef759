// A stream as a source: batches of lines go to the workers while more are read, at most so many at once, and the results
// come in the order of the stream.
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

import { par } from 'filch'

const book = createReadStream(new URL('text/northanger-abbey.txt', import.meta.url))
const lines = createInterface({ input: book, crlfDelay: Infinity })

const longest = await par
  .bridge(lines, { batch: 256 })
  .map(line => line.match(/\p{L}+/gu) ?? [])
  .flatMap(words => words.filter(word => word.length > 14))
  .toArray()
console.log([...new Set(longest)].slice(0, 6).join(', '))
