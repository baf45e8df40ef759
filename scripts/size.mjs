// Prints the size of the core, minified and compressed, and fails if it exceeds the limit.
import { basename } from 'node:path'
import { gzipSync } from 'node:zlib'

import { build } from 'esbuild'

const limit = 12_000

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
console.log(`${'core'.padEnd(20)} ${String(total).padStart(36)} B gzip of ${limit} allowed`)
if (total > limit) {
  console.error(`The core is ${total - limit} bytes over its limit.`)
  process.exitCode = 1
}
