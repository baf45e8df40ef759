import * as kernels from './kernels.mjs'
import { load } from './load.mjs'

const { ThreadWorker } = await load('poolifier')
// The class takes the port by itself.
export const worker = new ThreadWorker({ ...kernels })
