import type { BoundBreakpoint, DebugPaused, LineCounts, LineTimes } from '@lathe/shared'
import { create } from 'zustand'

/** `ready`: the debug runtime is there and runs nothing. */
export type DebugState = 'off' | 'starting' | 'ready' | 'running' | 'paused'

interface Debug {
  state: DebugState
  appid: string
  sessionId: string
  /** A run is under way in the debug runtime. */
  busy: boolean
  paused: DebugPaused | null
  /** The frame that is looked at. */
  frame: number
  /** Where breakpoints came to stand. */
  bound: BoundBreakpoint[]
  /** Why the last session ended, when nobody asked for it. */
  ended: string | null
  /** The breakpoint that is being edited. */
  editing: { functionName: string; line: number; kind: 'condition' | 'logMessage' } | null
  /** What the last measured run of each function told, until it is edited. */
  counts: Record<string, LineCounts['lines']>
  times: Record<string, LineTimes['lines']>
}

/** The debug session of this page. */
export const useDebug = create<Debug>()(() => ({
  state: 'off',
  appid: '',
  sessionId: '',
  busy: false,
  paused: null,
  frame: 0,
  bound: [],
  ended: null,
  editing: null,
  counts: {},
  times: {},
}))

/** The frame that is looked at while the program stands. */
export const frameOf = ({ paused, frame }: Debug) => paused?.frames[frame] ?? null
