import { deque } from './deque.ts'
import { jobs } from './jobs.ts'
import { faults } from './faults.ts'
import type { Part } from './part.ts'
import { programs } from './programs.ts'

export const parts: Readonly<Record<string, Part>> = { deque, jobs, programs, faults }

export function part(name: string): Part {
  const found = parts[name]
  if (found === undefined)
    throw new RangeError(`There is no part ${name}; there are: ${Object.keys(parts).join(', ')}.`)
  return found
}
