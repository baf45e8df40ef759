import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { threadId } from 'node:worker_threads'

import { applyEdits, type Edit } from '../support/mutant.ts'
import { readSources, root } from '../support/source.ts'

/** Faults: what to replace in which file of `src/`. */
export type Faults = Readonly<Record<string, readonly Edit[]>>

const SEAM = `export * from '${pathToFileURL(`${root}test/model/seam.ts`).href}'\n`
const VIEW = SEAM.replace('*', '{ viewOf }').replace('export', 'import')

/**
 * A copy of all sources that runs on the model's seam, with faults put in, and the function that imports from it. `instance`
 * tells copies apart that must not share what a module holds, as the threads of a process do not.
 */
export function tree(faults: Faults = {}, instance = 0): <Module>(path: string) => Promise<Module> {
  const sources = readSources()
  sources.set('memory/atomics.ts', SEAM)
  // Where views of shared memory are made, the model's is taken.
  const arena = sources.get('memory/arena.ts')!
  sources.set(
    'memory/arena.ts',
    `${arena.replaceAll(/new Int32Array\(((?:this\.)?memory)\.buffer\)/g, 'viewOf($1)')}\n${VIEW}`,
  )
  for (const [path, edits] of Object.entries(faults)) {
    sources.set(path, applyEdits(path, sources.get(path) ?? '', edits))
  }
  const hash = createHash('sha256')
    .update(JSON.stringify([...sources]))
    .digest('hex')
    .slice(0, 16)
  const folder = `${root}.cache/model/${hash}-${instance}`
  if (!existsSync(folder)) {
    const draft = `${folder}.${process.pid}.${threadId}`
    for (const [path, text] of sources) {
      mkdirSync(dirname(`${draft}/${path}`), { recursive: true })
      writeFileSync(`${draft}/${path}`, text)
    }
    try {
      renameSync(draft, folder)
    } catch (error) {
      // Another thread was first, with the same text: a folder that holds something is not replaced.
      if (!existsSync(folder)) throw error
      rmSync(draft, { recursive: true })
    }
  }
  return <Module>(path: string) => import(pathToFileURL(`${folder}/${path}`).href) as Promise<Module>
}
