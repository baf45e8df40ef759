// Completes package-lock.json after `npm install`: npm leaves out the optional packages that it could not find where it
// ran (a mirror may lack the binaries of other platforms), and `npm ci` then refuses the lock file everywhere.
// Also drops the addresses of the registry, so that every clone asks its own.
import { readFileSync, writeFileSync } from 'node:fs'

const path = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(path, 'utf8'))

const systems = ['android', 'darwin', 'freebsd', 'linux', 'openbsd', 'openharmony', 'win32']
const processors = ['arm', 'arm64', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64']

let added = 0
for (const [parent, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const place = `node_modules/${name}`
    if (place in lock.packages || `${parent}/${place}` in lock.packages) continue
    const words = name.split(/[/-]/)
    const os = words.filter(word => systems.includes(word))
    const cpu = words.filter(word => processors.includes(word))
    if (os.length !== 1 || cpu.length !== 1 || !/^\d/.test(version)) {
      throw new Error(`${name}@${version} is missing and its name does not tell the platform`)
    }
    const libc = words.includes('gnu') ? ['glibc'] : words.includes('musl') ? ['musl'] : undefined
    lock.packages[place] = {
      version,
      cpu,
      ...(dev && { dev }),
      ...(os[0] === 'linux' && libc && { libc }),
      optional: true,
      os,
    }
    added += 1
  }
}
for (const entry of Object.values(lock.packages)) delete entry.resolved
lock.packages = Object.fromEntries(Object.entries(lock.packages).toSorted(([a], [b]) => a.localeCompare(b, 'en')))

writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`package-lock.json: ${added} packages for other platforms added`)
