// Plain JavaScript, because the peers' worker files are: stripping types would be part of the start.
import { task } from 'filch'

/** @type {(n: number) => number} */
const increment = n => n + 1

export const next = task(increment)
