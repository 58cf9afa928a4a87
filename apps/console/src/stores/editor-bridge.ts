import type { LoadError, Marker } from '@lathe/shared'
import { create } from 'zustand'

/** One function under its new name. */
export interface Move {
  name: string
  newName: string
}

export interface Problem {
  name: string
  severity: 'error' | 'warning'
  message: string
  line: number
  column: number
  code: string
}

/** What the lazy editor tells the rest of the workspace, and what the rest may ask of it. */
interface Bridge {
  ready: boolean
  language: 'starting' | 'ready'
  cursor: { line: number; column: number }
  problems: Problem[]
  /** Declarations of a package that are shown; null = none. */
  library: { uri: string; line: number; column: number } | null
  /** Shows a place in a function: the workspace's to do. */
  open: (place: { name: string; line: number; column: number }) => void
  /** Type and syntax errors of these functions, or of all of the app's, open or not. */
  check: (names: string[] | null) => Promise<Problem[]>
  /** Every function's text as it stands, open or not. */
  texts: () => Promise<{ name: string; source: string }[]>
  /** Shows what would change in which function, and writes what is agreed to as drafts. */
  reviewTexts: (title: string, items: { name: string; before: string; after: string }[]) => void
  /** Writes texts as drafts. */
  writeTexts: (items: { name: string; after: string }[]) => Promise<void>
  /** What imports have to say after a move; to be called once it is done: shows that before it is written. */
  importsAfterMove: (moves: Move[]) => Promise<() => void>
  /** Publishes several functions as one change. */
  publishMany: (names: string[], note: string) => Promise<void>
  /** The text as it stands in the editor; undefined while it is not open there. */
  textOf: (name: string) => string | undefined
  /** Saves what is not yet saved. */
  flush: (name: string) => Promise<void>
  flushAll: () => Promise<void>
  /** Marks that a run's answer asks for in the editor. */
  showErrors: (name: string, errors: EditorErrors) => void
  /** The function's tab was closed, or the function itself is gone. */
  closed: (name: string) => void
  dropped: (name: string) => void
}

export interface EditorErrors {
  markers?: Marker[]
  loadErrors?: LoadError[]
  thrown?: { line: number; message: string }
}

export const useEditorBridge = create<Bridge>()(() => ({
  ready: false,
  language: 'starting',
  cursor: { line: 1, column: 1 },
  problems: [],
  library: null,
  open: () => {},
  check: async () => [],
  texts: async () => [],
  reviewTexts: () => {},
  writeTexts: async () => {},
  importsAfterMove: async () => () => {},
  publishMany: async () => {},
  textOf: () => undefined,
  flush: async () => {},
  flushAll: async () => {},
  showErrors: () => {},
  closed: () => {},
  dropped: () => {},
}))
