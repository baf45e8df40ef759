import * as fc from 'fast-check'

/** Of all random tests. The same on every run, so that a failure belongs to the change that it is met with; `FILCH_SEED` asks for others. */
export const SEED: number = Number(process.env['FILCH_SEED'] ?? 1)

fc.configureGlobal({ seed: SEED })
