/** Fibonacci numbers by the recursion that every fork/join system is measured with. */
export function plainFib(n: number): number {
  return n < 2 ? n : plainFib(n - 1) + plainFib(n - 2)
}
