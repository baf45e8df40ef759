import { progress, task } from 'filch'

/** How many primes there are from `from` up to `to`. */
export const countPrimes = task((from: number, to: number): number => {
  if (to - from > 1000) {
    const middle = (from + to) >>> 1
    // A canceled run ends at the next fork of each of its tasks; a loop without forks asks with yieldNow().
    const right = countPrimes.fork(middle, to)
    return countPrimes(from, middle) + countPrimes.join(right)
  }
  let found = 0
  for (let n = from; n < to; n++) if (isPrime(n)) found++
  progress(to - from) // once a chunk: it is one atomic operation
  return found
})

function isPrime(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false
  return n > 1
}
