import { Bench } from 'tinybench'

/** Latencies in ms of that many calls of one function, one at a time, by tinybench, which warms up first. */
export async function latencies(iterations: number, call: () => unknown): Promise<number[]> {
  const bench = new Bench({
    iterations,
    time: 0,
    warmupIterations: Math.ceil(iterations / 4),
    warmupTime: 0,
    retainSamples: true,
    throws: true,
  })
  bench.add('call', call)
  await bench.run()
  const result = bench.tasks[0]?.result
  if (result?.state !== 'completed') throw new Error(`tinybench ended as ${result?.state}`)
  return [...(result.latency.samples ?? [])]
}
