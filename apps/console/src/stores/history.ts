import type { RunRequest } from '@lathe/shared'
import { create } from 'zustand'

/** A run that was, to be sent again. Kept as long as the page: requests may hold tokens. */
export interface PastRun {
  id: number
  what: 'draft' | 'live'
  request: RunRequest
  status: number
  durationMs: number
}

const KEPT = 30

export const useHistory = create<{ byFunction: Record<string, PastRun[]> }>()(() => ({ byFunction: {} }))

export function rememberRun(key: string, run: PastRun): void {
  useHistory.setState(({ byFunction }) => ({
    byFunction: { ...byFunction, [key]: [run, ...(byFunction[key] ?? [])].slice(0, KEPT) },
  }))
}
