import { begin, type Draft, draftOf } from './draft.ts'

/** The lines of a block. The last of a text ends at a line's end or not; nothing follows it. */
export const split = (block: string): string[] => {
  const lines = block.split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** How many they are. */
const countLines = (block: string): number => {
  let count = block.endsWith('\n') ? 0 : 1
  for (let at = block.indexOf('\n'); at >= 0; at = block.indexOf('\n', at + 1)) count++
  return count
}

/**
 * For a draft that is nothing but the lines of a text, one whose sum is their count. Nobody helps with that: to copy a
 * text for another thread takes several times as long as to look for the ends of its lines.
 */
export function counted(draft: Draft): Draft | undefined {
  const { written, settings } = draft
  if (written?.fn !== split || written.before !== undefined || draft.outline.stages.length > 1) return undefined
  const blocks = draftOf(draft.sources[0]!, { ...settings, shortest: Infinity })
  return begin(blocks, 'map', countLines)
}
