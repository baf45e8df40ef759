// Loops over data need no tasks: `par` makes one loop of each chain, and splits it while workers are idle. Random numbers
// go by their index and sums by the length, so every figure is the same on any number of threads, to the last bit.
import { histogram, kthSmallest, pack, par, randoms, scan, shared, sort } from 'filch'

const count = 200_000
const dots = randoms(2 * count, 2026)
const inside = par(count)
  .with({ dots })
  .filter((i, { dots }) => Math.hypot(dots[2 * i]!, dots[2 * i + 1]!) < 1)
  .count()
console.log(`pi is about ${(4 * inside) / count}`)

/** How high each of so many steps up or down leads. */
const walk = scan(
  par(dots)
    .map(x => (x < 0.5 ? -1 : 1))
    .toShared('i32'),
)
const [low, high] = [par(walk).min(), par(walk).max()]
console.log(`a walk of ${walk.length} steps reaches from ${low} to ${high}, so often so high:`)
const often = histogram(walk, 8, { min: low, max: high + 1 })
for (const times of often) console.log('#'.repeat(Math.ceil((times / count) * 40)))

const above = pack(walk, at => at > 0)
console.log(`${above.length} times above the ground, by a median of ${kthSmallest(above, above.length >> 1)}`)
const steps = sort(shared.i32(walk))
console.log(`sorted: ${par.windows(steps, 2).every(pair => pair[0]! <= pair[1]!)}`)
