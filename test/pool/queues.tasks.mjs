import { progress, task } from 'filch'

export const advance = task(() => {
  progress(1)
  return 1
})

export const first = task(cells => cells[0])

export const fail = task(() => {
  throw new Error('mine')
})
