import type { LogLine, RunEvent, RunRequest, RunResponse } from '@lathe/shared'
import { create } from 'zustand'

type RunFailure = Extract<RunEvent, { type: 'error' }>

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
  response: RunResponse | null
  failure: { reason: RunFailure['reason'] | 'CONNECTION'; message: string } | null
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
          response: null,
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
  append(key: string, id: number, lines: LogLine[]) {
    runActions.change(key, id, (run) => {
      const all = run.lines.concat(lines)
      const over = Math.max(0, all.length - MAX_LINES)
      return { lines: over > 0 ? all.slice(over) : all, dropped: run.dropped + over }
    })
  },
  clearLines(key: string) {
    useRuns.setState((s) => {
      const run = s.byFunction[key]
      return run ? { byFunction: { ...s.byFunction, [key]: { ...run, lines: [], dropped: 0 } } } : s
    })
  },
}
