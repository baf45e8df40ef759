// Prints the size of the core, minified and compressed, and fails if it has grown beyond the ceiling.
// The aim is not reached: see docs/adr/0006.
import { basename } from 'node:path'
import { gzipSync } from 'node:zlib'

import { build } from 'esbuild'

const aim = 12_000
const ceiling = 25_700

const { outputFiles } = await build({
  entryPoints: ['src/index.ts', 'src/worker.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  minify: true,
  format: 'esm',
  platform: 'node',
  target: ['es2023', 'node22.15'],
  write: false,
})

let total = 0
for (const { path, contents } of outputFiles) {
  const gzip = gzipSync(contents, { level: 9 }).length
  total += gzip
  console.log(
    `${basename(path).padEnd(20)} ${String(contents.length).padStart(7)} B minified ${String(gzip).padStart(7)} B gzip`,
  )
}
console.log(`${'core'.padEnd(20)} ${String(total).padStart(36)} B gzip; aim ${aim}, ceiling ${ceiling}`)
if (total > ceiling) {
  console.error(`The core is ${total - ceiling} bytes over its ceiling.`)
  process.exitCode = 1
}
