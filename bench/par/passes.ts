import { kernelBench } from '../kernels/rows.ts'

const big = { size: 5e7, quick: 1e5, times: 5, one: 1.1, halves: 0.9 }

export const bench = kernelBench(
  {
    question: 'What do the algorithms cost that need little more than one pass over memory?',
    method:
      'Five runs in a fresh process after half a second to warm up, over 50 million elements, bytes for the histogram; `scan` and `pack` over 20 million, into memory that is there. ' +
      '"Loop" is written by hand and runs in a worker; "cut by hand" is the same loop over two halves, one of them forked, where `scan` adds ' +
      'what lies before to the upper half, and `pack` moves what the upper half has kept. filch runs after twelve chains with other bodies.',
  },
  {
    'argmin and argmax': big,
    histogram: big,
    scan: { ...big, size: 2e7 },
    pack: { ...big, size: 2e7 },
  },
)
