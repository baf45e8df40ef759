import { registerError, task } from 'filch'

export class NoPageError extends Error {
  override readonly name = 'NoPageError'
  readonly page: number

  constructor(page: number) {
    super('the book has nine pages')
    this.page = page
  }
}
// Beside the class, so that it is known in every thread. Built-in classes are known already.
registerError(NoPageError)

const read = task((page: number): string => {
  if (page > 9) throw new NoPageError(page)
  return `page ${page}`
})

export const readBoth = task((left: number, right: number): string => {
  const forked = read.fork(right)
  return `${read(left)} and ${read.join(forked)}`
})
