import { par, task } from 'filch'

/** Takes a second or so on one worker. */
export const slow = task((x: number): number => {
  let y = x
  for (let i = 0; i < 2000; i++) y = Math.sin(y)
  return y
})

export const refusing = task((x: number): number => {
  if (x === 3333) throw new RangeError(`bad ${x}`)
  return x
})

export const total = task((count: number) => par(count).map(slow).count())
