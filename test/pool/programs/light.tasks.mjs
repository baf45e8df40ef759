import { task } from 'filch'

/** True if Node has loaded its web client in this thread, for the class of some event. */
export const heavy = () => process.moduleLoadList.some(name => name.includes('undici'))

export const doubled = task(array => {
  const own = new Float64Array(new SharedArrayBuffer(array.byteLength))
  for (const [i, value] of array.entries()) own[i] = 2 * value
  return [heavy(), own]
})
