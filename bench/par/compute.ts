import { kernelBench } from '../kernels/rows.ts'

const bars = { times: 3, one: 1.1, gain: 1.9, halves: 0.9 }

export const bench = kernelBench(
  {
    question: 'What do two workers gain where there is a lot to compute for each element?',
    method:
      'Three runs in a fresh process after half a second to warm up. Mandelbrot: 2048 x 2048 pixels, 200 iterations at most. Matmul: 1024 x 1024, against the loops i, k, j. ' +
      'Stencil: five points, 3000 x 3000. N-body: 4000 bodies. K-means: a million points, 16 centres.',
  },
  {
    mandelbrot: { ...bars, size: 2048, quick: 64 },
    matmul: { ...bars, size: 1024, quick: 32 },
    stencil: { ...bars, size: 3000, quick: 50, gain: 1 },
    'n-body': { ...bars, size: 4000, quick: 100 },
    'k-means': { ...bars, size: 1e6, quick: 20_000 },
  },
)
