import { kernelBench } from '../kernels/rows.ts'

const size = { size: 1e7, quick: 10_000, times: 2 }

export const bench = kernelBench(
  {
    question: 'How fast are ten million numbers sorted?',
    method:
      'Two runs in a fresh process after half a second, and two runs, to warm up. "Loop" is the method `sort` of the typed array.',
  },
  {
    'f64, random': { ...size, gain: 3.5 },
    'f64, sorted': size,
    'f64, few different': size,
    'i32, random': size,
    'i32, few different': size,
  },
)
