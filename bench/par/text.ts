import { kernelBench } from '../kernels/rows.ts'

const size = { size: 2e7, quick: 1e5, times: 3 }

export const bench = kernelBench(
  {
    question: 'What is gained on text, of which every worker needs a copy?',
    method: 'Three runs over 20 million characters in a fresh process after half a second to warm up.',
  },
  { 'line count': size, 'word count': { ...size, gain: 1 } },
)
