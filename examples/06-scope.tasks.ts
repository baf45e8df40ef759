import { scope, task } from 'filch'

export interface Folder {
  readonly size: number
  readonly folders: readonly Folder[]
}

/** Counts the folders and adds up their sizes. Spawned tasks return nothing: they write into shared memory. */
export const walk = task((folder: Folder, totals: Int32Array): void => {
  Atomics.add(totals, 0, 1)
  Atomics.add(totals, 1, folder.size)
  scope(s => {
    for (const inner of folder.folders) s.spawn(walk, inner, totals)
  })
})
