import type { FormatAnswer, FormatQuestion } from './ask-formatter.ts'
import { formatSource } from './format-source.ts'

/** Prettier in a thread of its own: a long function takes it longer than a frame. */
self.onmessage = async ({ data }: MessageEvent<FormatQuestion>) => {
  const { id, source, style, part } = data
  let answer: FormatAnswer
  try {
    answer = { id, source: await formatSource(source, style, part) }
  } catch (error) {
    answer = { id, trouble: String((error as Error).message).split('\n')[0] ?? '' }
  }
  self.postMessage(answer)
}
