import type { SourceStyle } from '@lathe/shared'
import type { Part } from './format-source.ts'

export interface FormatQuestion {
  id: number
  source: string
  style: SourceStyle
  part?: Part
}

/** The formatted source, or what keeps it from being read. */
export type FormatAnswer = { id: number; source: string } | { id: number; trouble: string }

let worker: Promise<Worker> | null = null
let asked = 0
const waiting = new Map<number, (answer: FormatAnswer) => void>()

/** Asks the formatter's thread, which starts with the first question. */
export async function askFormatter(question: Omit<FormatQuestion, 'id'>): Promise<FormatAnswer> {
  worker ??= start()
  const running = await worker
  const id = ++asked
  return new Promise((resolve) => {
    waiting.set(id, resolve)
    running.postMessage({ ...question, id } satisfies FormatQuestion)
  })
}

async function start(): Promise<Worker> {
  const { default: FormatWorker } = await import('./format.worker.ts?worker')
  const started = new FormatWorker()
  started.onmessage = ({ data }: MessageEvent<FormatAnswer>) => {
    waiting.get(data.id)?.(data)
    waiting.delete(data.id)
  }
  // Its file could not be fetched: nothing is formatted this time, and the next question starts another one.
  started.onerror = ({ message }) => {
    worker = null
    for (const [id, answer] of waiting) answer({ id, trouble: message || 'the formatter did not start' })
    waiting.clear()
  }
  return started
}
