import { task } from 'filch'

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

/** The thread that comes to this element is gone. */
export const leaving = task((x: number): number => {
  if (x === 4321) process.exit(3)
  return x
})
