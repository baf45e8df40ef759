import type { Arena } from '../../src/memory/arena.ts'
import type { Edit } from '../support/mutant.ts'
import type { Scenario } from './explore.ts'
import type { Words } from './seam.ts'
import { type Faults, tree } from './tree.ts'

/** Something under the model: what is done with it, and faults that must not go unseen. */
export interface Model {
  /** The scenarios, with those faults in the sources. */
  build(faults: Faults): Promise<Readonly<Record<string, Scenario>>>
  /** By name: what is broken. */
  readonly faults: Readonly<Record<string, Faults>>
  /** The scenario that shows a fault, where it is not among the cheapest: it is tried first. */
  readonly shownIn?: Readonly<Record<string, string>>
}

interface Structure<Module> {
  /** The file of `src/` that holds it. */
  readonly path: string
  /** What of that file is made small, so that wrap-around, full and empty are reached. */
  readonly small?: readonly Edit[]
  readonly scenarios: (module: Module) => Readonly<Record<string, Scenario>>
  /** By name: what is broken in that file. */
  readonly faults: Readonly<Record<string, readonly Edit[]>>
}

/** An arena over the model's words, for structures that do not allocate from it. */
export function arenaOf(words: Words): Arena {
  return { words, reach: () => true } as unknown as Arena
}

/** The model of one module. */
export function structure<Module>({ path, small = [], scenarios, faults }: Structure<Module>): Model {
  return {
    build: async broken =>
      scenarios(await tree({ ...broken, [path]: [...small, ...(broken[path] ?? [])] })<Module>(path)),
    faults: Object.fromEntries(Object.entries(faults).map(([name, edits]) => [name, { [path]: edits }])),
  }
}
