import * as kernels from './kernels.mjs'
import { load } from './load.mjs'

const { default: workerpool } = await load('workerpool')
workerpool.worker({ ...kernels })
