// Prints the size, minified and compressed, of the core, which is what a program that uses tasks and nothing else keeps after bundling,
// and of what the tasks that live on and the data-parallel exports add to it; fails if the core has grown beyond its ceiling.
// The aim is not reached: see docs/adr/0006. What is core and what is not: docs/adr/0007 and 0009.
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

import { build } from 'esbuild'

const aim = 12_000
const ceiling = 34_250

const entrance = readFileSync(new URL('../src/index.ts', import.meta.url), 'utf8')
const parallel = /from '\.\/(algorithms|data|par)\/|from '\.\/pool\/par\.ts'/
const living =
  /from '\.\/(live|channel|sync|storage|threads|look)\/|from '\.\/pool\/channel\.ts'|import '\.\/pool\/staff\.ts'/

/** The entrance without what these say. */
const without = (...left) =>
  entrance
    .split(/(?<=(?:from|import) '[^']+'\n)/)
    .filter(statement => !left.some(pattern => pattern.test(statement)))
    .join('')

/** Bytes of the program `entry` together with the workers' own file, without what they import only when it is needed. */
async function measure(entry) {
  const { outputFiles, metafile } = await build({
    entryPoints: { index: 'entry', worker: 'src/worker.ts' },
    plugins: [
      {
        name: 'entry',
        setup(build) {
          build.onResolve({ filter: /^entry$/ }, () => ({ path: 'entry', namespace: 'entry' }))
          // In the package it is part of a file whose other parts are used.
          build.onResolve({ filter: /pool\/staff\.ts$/ }, () => ({
            path: fileURLToPath(new URL('../src/pool/staff.ts', import.meta.url)),
            sideEffects: true,
          }))
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
    logLevel: 'error',
    metafile: true,
  })
  const { outputs } = metafile
  const needed = new Set()
  const need = path => {
    if (needed.has(path)) return
    needed.add(path)
    for (const { path: next, kind } of outputs[path].imports)
      if (kind === 'import-statement' && next in outputs) need(next)
  }
  need('dist/index.js')
  need('dist/worker.js')
  // As one file: how a bundler cuts them is not our affair.
  const files = outputFiles.filter(({ path }) => needed.has(relative(process.cwd(), path)))
  return gzipSync(Buffer.concat(files.map(({ contents }) => contents)), { level: 9 }).length
}

const total = await measure(without(parallel, living))
const row = (name, bytes) => `${name.padEnd(10)}${String(bytes).padStart(6)} B gzip`
console.log(`${row('core', total)}; aim ${aim}, ceiling ${ceiling}`)
console.log(row('with live', await measure(without(parallel))))
console.log(row('with par', await measure(without(living))))
console.log(row('with both', await measure(entrance)))
if (total > ceiling) {
  console.error(`The core is ${total - ceiling} bytes over its ceiling.`)
  process.exitCode = 1
}
