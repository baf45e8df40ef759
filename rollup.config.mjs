import { rmSync } from 'node:fs'

import esbuild from 'rollup-plugin-esbuild'

rmSync(new URL('dist', import.meta.url), { recursive: true, force: true })

export default {
  input: { index: 'src/index.ts', worker: 'src/worker.ts' },
  external: /^node:/,
  plugins: [esbuild({ target: ['es2023', 'node22.15'], tsconfig: 'tsconfig.build.json' })],
  output: {
    dir: 'dist',
    format: 'es',
    sourcemap: true,
    // Every chunk lies flat beside worker.js: the source says `new URL('./worker.js', import.meta.url)`.
    entryFileNames: '[name].js',
    minifyInternalExports: false,
    chunkFileNames: '[name].js',
    // What a program with tasks alone needs, and what `par` adds to it: a bundler drops the second where it is not used (ADR 0007).
    manualChunks: id => {
      if (/\/src\/(par|data|algorithms)\/|\/src\/pool\/par\.ts$/.test(id)) return 'par'
      if (/\/src\/(live|channel|sync|storage)\/|\/src\/pool\/(channel|staff|executioner|watchdog)\.ts$/.test(id))
        return 'live'
      if (/\/src\/look\/|\/platform\/node\/heap\.ts$/.test(id)) return 'look'
      if (/\/src\/(pool|platform\/node\/host)/.test(id)) return 'pool'
      return /\/src\/[^/]+\/|\/errors\.ts$/.test(id) && !/\/platform\//.test(id) ? 'core' : undefined
    },
  },
}
