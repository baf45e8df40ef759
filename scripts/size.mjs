// Prints the size, minified and compressed, of the core, which is what a program that uses tasks and nothing else keeps after bundling,
// and of what the data-parallel exports add to it; fails if the core has grown beyond its ceiling.
// The aim is not reached: see docs/adr/0006. What is core and what is not: docs/adr/0007.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

import { build } from 'esbuild'

const aim = 12_000
const ceiling = 26_100

const entrance = readFileSync(new URL('../src/index.ts', import.meta.url), 'utf8')
const parallel = /from '\.\/(algorithms|data|par)\/|from '\.\/pool\/par\.ts'/
const core = entrance
  .split(/(?<=from '[^']+'\n)/)
  .filter(statement => !parallel.test(statement))
  .join('')

/** Bytes of the program `entry` together with the workers' own file. */
async function measure(entry) {
  const { outputFiles } = await build({
    entryPoints: { index: 'entry', worker: 'src/worker.ts' },
    plugins: [
      {
        name: 'entry',
        setup(build) {
          build.onResolve({ filter: /^entry$/ }, () => ({ path: 'entry', namespace: 'entry' }))
          build.onLoad({ filter: /./, namespace: 'entry' }, () => ({
            contents: entry,
            loader: 'ts',
            resolveDir: fileURLToPath(new URL('../src', import.meta.url)),
          }))
        },
      },
    ],
    outdir: 'dist',
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: ['es2023', 'node22.15'],
    write: false,
  })
  return outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0)
}

const total = await measure(core)
console.log(`core      ${String(total).padStart(6)} B gzip; aim ${aim}, ceiling ${ceiling}`)
console.log(`with par  ${String(await measure(entrance)).padStart(6)} B gzip`)
if (total > ceiling) {
  console.error(`The core is ${total - ceiling} bytes over its ceiling.`)
  process.exitCode = 1
}
