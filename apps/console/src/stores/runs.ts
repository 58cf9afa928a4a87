import type { LogLine, RunEvent, RunRequest, RunResponse, RunTiming } from '@lathe/shared'
import { create } from 'zustand'

type RunFailure = Extract<RunEvent, { type: 'error' }>
export type ResponseHead = Extract<RunEvent, { type: 'head' }>['head']

/** The bytes of an answer as far as they came, in order; `parts` grows in place, so `size` says what is new. */
export interface ResponseBody {
  parts: Uint8Array<ArrayBuffer>[]
  size: number
}

/** One function's newest run. `id` tells late answers of older runs apart: they never overwrite newer ones. */
export interface RunView {
  id: number
  what: 'draft' | 'live'
  state: 'running' | 'answered' | 'failed' | 'cancelled'
  startedAt: number
  /** Lines may still come, also after the answer. */
  open: boolean
  /** What was sent. */
  request: RunRequest
  /** Newest last; the oldest go when there are too many, and are counted. */
  lines: LogLine[]
  dropped: number
  /** Comes before the body, and the body before `response`. */
  head: ResponseHead | null
  body: ResponseBody
  response: RunResponse | null
  timing: RunTiming | null
  failure: { reason: RunFailure['reason'] | 'CONNECTION' | 'REFUSED'; message: string } | null
}

export const MAX_LINES = 10_000

export const useRuns = create<{ byFunction: Record<string, RunView> }>()(() => ({ byFunction: {} }))

let lastId = 0

export const runActions = {
  begin(key: string, what: RunView['what'], request: RunRequest): number {
    const id = ++lastId
    useRuns.setState((s) => ({
      byFunction: {
        ...s.byFunction,
        [key]: {
          id,
          what,
          state: 'running',
          startedAt: Date.now(),
          open: true,
          request,
          lines: [],
          dropped: 0,
          head: null,
          body: { parts: [], size: 0 },
          response: null,
          timing: null,
          failure: null,
        },
      },
    }))
    return id
  },
  /** Changes a run if it is still the function's newest. */
  change(key: string, id: number, change: (run: RunView) => Partial<RunView>) {
    useRuns.setState((s) => {
      const run = s.byFunction[key]
      if (!run || run.id !== id) return s
      return { byFunction: { ...s.byFunction, [key]: { ...run, ...change(run) } } }
    })
  },
  /** What came since the last time: lines of the console, bytes of the answer. */
  append(key: string, id: number, lines: LogLine[], bytes: Uint8Array<ArrayBuffer>[]) {
    runActions.change(key, id, (run) => {
      const all = lines.length > 0 ? run.lines.concat(lines) : run.lines
      const over = Math.max(0, all.length - MAX_LINES)
      const { parts } = run.body
      for (const part of bytes) parts.push(part)
      return {
        lines: over > 0 ? all.slice(over) : all,
        dropped: run.dropped + over,
        body:
          bytes.length > 0
            ? { parts, size: bytes.reduce((sum, part) => sum + part.length, run.body.size) }
            : run.body,
      }
    })
  },
  clearLines(key: string) {
    useRuns.setState((s) => {
      const run = s.byFunction[key]
      return run ? { byFunction: { ...s.byFunction, [key]: { ...run, lines: [], dropped: 0 } } } : s
    })
  },
}
