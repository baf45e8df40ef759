// Installs the peers apart from the project, in .cache/peers: they are no dependencies of ours, and nobody who only tests
// needs them. Run by bench/run.ts when a benchmark asks for one; harmless to run again.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const directory = fileURLToPath(new URL('../../.cache/peers/', import.meta.url))

const manifest = {
  private: true,
  type: 'module',
  dependencies: {
    multithreading: '0.3.52',
    nanothreads: '0.3.9',
    piscina: '5.3.2',
    poolifier: '5.3.2',
    tinypool: '2.2.0',
    workerpool: '10.0.3',
  },
}
const text = `${JSON.stringify(manifest, undefined, 2)}\n`
const mark = `${directory}installed.json`

if (!existsSync(mark) || readFileSync(mark, 'utf8') !== text) {
  mkdirSync(directory, { recursive: true })
  writeFileSync(`${directory}package.json`, text)
  // A module that lies there resolves packages from there, by the rules of import: peers.ts and the workers use it.
  writeFileSync(`${directory}load.mjs`, 'export const load = name => import(name)\n')
  execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 180_000,
    shell: process.platform === 'win32',
  })
  writeFileSync(mark, text)
}
