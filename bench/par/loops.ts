import { kernelBench } from '../kernels/rows.ts'

const big = { size: 5e7, quick: 1e5, times: 5, one: 1.1, halves: 0.9 }

export const bench = kernelBench(
  {
    question: 'What do loops over 50 million numbers cost, which wait for memory more than they compute?',
    method:
      'Five runs in a fresh process after half a second to warm up. "Loop" is written by hand and runs in a worker; "cut by hand" is the same loop ' +
      'over two halves, one of them forked; filch runs after twelve chains with other bodies.',
  },
  { sum: big, 'a * x + b': big, dot: big, chain: big },
)
