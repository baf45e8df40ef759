import { begin, type Draft, draftOf, type Settings } from './draft.ts'
import { blocksOf, listOf } from './source.ts'

/** The lines of a block. The last of a text ends at a line's end or not; nothing follows it. */
const split = (block: string): string[] => {
  const lines = block.split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** How many they are. */
const countLines = (block: string): number => {
  let count = block.endsWith('\n') || block === '' ? 0 : 1
  for (let at = block.indexOf('\n'); at >= 0; at = block.indexOf('\n', at + 1)) count++
  return count
}

/** The texts of which blocks were cut. */
const texts = new WeakMap<readonly unknown[], string>()

/** The lines of a text, in blocks that can be shared out. */
export function linesOf(text: string, settings: Settings): Draft {
  const blocks = blocksOf(text)
  texts.set(blocks, text)
  return begin(draftOf(listOf(blocks), settings), 'flatMap', split)
}

/**
 * How many lines there are, if a draft is nothing but the lines of a text. Who asks looks for their ends himself, in the
 * text as a whole: to copy it for another thread takes several times as long, and in blocks V8 took half as long again
 * before it had made up its mind. A pool is sent the blocks, and nobody helps it.
 */
export function counted(draft: Draft): number | Draft | undefined {
  const { written, settings, outline, sources } = draft
  if (written?.fn !== split || written.before !== undefined || outline.stages.length > 1) return undefined
  if (settings.entry === undefined) return countLines(texts.get(sources[0]!.data as readonly unknown[])!)
  return begin(draftOf(sources[0]!, { ...settings, shortest: Infinity }), 'map', countLines)
}
