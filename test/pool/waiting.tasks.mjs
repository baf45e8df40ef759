import { task } from 'filch'

import { load } from './waiting-dependency.mjs'

export const inc = task(n => n + 1)

// When the first thread has answered, others are in the midst of this.
const end = performance.now() + load
while (performance.now() < end);
