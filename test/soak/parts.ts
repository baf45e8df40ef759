import { channels } from './channels.ts'
import { deque } from './deque.ts'
import { jobs } from './jobs.ts'
import { ends } from './ends.ts'
import { faults } from './faults.ts'
import { kills } from './kills.ts'
import { life } from './life.ts'
import type { Part } from './part.ts'
import { programs } from './programs.ts'
import { sleep } from './sleep.ts'
import { trees } from './trees.ts'

export const parts: Readonly<Record<string, Part>> = {
  channels,
  deque,
  jobs,
  faults,
  sleep,
  life,
  kills,
  trees,
  ends,
  programs,
}

export function part(name: string): Part {
  const found = parts[name]
  if (found === undefined)
    throw new RangeError(`There is no part ${name}; there are: ${Object.keys(parts).join(', ')}.`)
  return found
}
