// Packs the built package, installs it in an empty project and runs test/smoke there on every supported Node.
// The Nodes are npm packages, kept between runs in the machine's directory for temporary files.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const oldest = `${engines.node.replace('>=', '')}.0`
const versions = process.argv.length > 2 ? process.argv.slice(2) : [oldest, '22', '24', '26']

const windows = process.platform === 'win32'
const platform = windows ? 'win' : process.platform
const nodePackage = `${platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node'}-${platform}-${process.arch}`

/** Runs npm quietly in `directory`; what it printed is in the error if it fails. */
function npm(directory, ...args) {
  return execFileSync('npm', args, {
    cwd: directory,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: windows,
  })
}

/** The path of a Node of this version, installed if it is not there yet. */
function installNode(version) {
  const directory = join(tmpdir(), 'filch-smoke', version)
  const binary = join(directory, 'node_modules', nodePackage, 'bin', windows ? 'node.exe' : 'node')
  if (!existsSync(binary)) {
    mkdirSync(directory, { recursive: true })
    writeFileSync(join(directory, 'package.json'), '{ "private": true }')
    npm(directory, 'install', '--no-audit', '--no-fund', `${nodePackage}@${version}`)
  }
  return binary
}

const project = mkdtempSync(join(tmpdir(), 'filch-smoke-project-'))
let failed = 0
try {
  npm(root, 'pack', '--ignore-scripts', '--pack-destination', project)
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  writeFileSync(join(project, 'package.json'), '{ "private": true }')
  npm(project, 'install', '--offline', '--no-audit', '--no-fund', `./filch-${version}.tgz`)
  cpSync(join(root, 'test', 'smoke'), project, { recursive: true })

  for (const wanted of versions) {
    const { status, signal, error, stdout, stderr } = spawnSync(installNode(wanted), ['smoke.mjs'], {
      cwd: project,
      encoding: 'utf8',
      timeout: 60_000,
    })
    const ok = status === 0 && stdout.trimEnd().endsWith('ok')
    console.log(
      `node ${wanted.padEnd(8)} ${ok ? stdout.trim() : `FAILED (${error?.message ?? signal ?? `exit code ${status}`})`}`,
    )
    if (!ok) {
      failed += 1
      console.log(`${stdout}${stderr}`)
    }
  }
} finally {
  rmSync(project, { recursive: true, force: true })
}
console.log(`${versions.length - failed} of ${versions.length} Nodes ran the packed package.`)
process.exitCode = failed === 0 ? 0 : 1
