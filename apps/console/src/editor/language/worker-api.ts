import type { SourceStyle } from '@lathe/shared'
import type { AppFile } from './app-files.ts'
import type { Diagnostic } from './diagnostics.ts'

/** What our language worker answers beyond Monaco's own. Offsets count UTF-16 units; files are URIs. */
export interface Span {
  start: number
  length: number
}

export interface Place {
  fileName: string
  span: Span
}

export interface FileEdits {
  fileName: string
  changes: { span: Span; newText: string }[]
}

export interface Completion {
  name: string
  kind: string
  sortText: string
  insertText?: string
  span?: Span
  deprecated: boolean
  /** The module that it comes from when it has to be imported first. */
  source?: string
  /** Of a package that the program has not read yet: TypeScript has no note about it. */
  unread?: true
  /** TypeScript's own note, to be given back for the details. */
  data?: unknown
}

export interface CompletionDetails {
  signature: string
  documentation: string
  /** What else choosing it writes into the file: the import. */
  edits: FileEdits['changes']
}

export interface Fix {
  title: string
  edits: FileEdits[]
  preferred: boolean
}

export type RenameAnswer =
  | { places: (Place & { prefix: string; suffix: string })[]; name: string; at: Span }
  | { refused: string }

export interface FileProblems {
  fileName: string
  diagnostics: Diagnostic[]
}

export interface FunctionWorkerApi {
  /** How imports and fixes are written from now on. */
  useStyle(style: SourceStyle): Promise<void>
  updateAppFiles(changed: AppFile[], gone: string[]): Promise<void>
  completions(fileName: string, offset: number): Promise<Completion[]>
  completionDetails(fileName: string, offset: number, chosen: Completion): Promise<CompletionDetails | null>
  definitions(fileName: string, offset: number): Promise<Place[]>
  references(fileName: string, offset: number): Promise<Place[]>
  rename(fileName: string, offset: number): Promise<RenameAnswer>
  fixes(fileName: string, from: number, to: number, codes: number[]): Promise<Fix[]>
  organizeImports(fileName: string): Promise<FileEdits[]>
  /** What importers have to say instead when a file moves. */
  moveEdits(from: string, to: string): Promise<FileEdits[]>
  /** Syntactic and semantic errors of these files, or of the whole app. */
  problems(fileNames: string[] | null): Promise<FileProblems[]>
  /** The text of any file that the program has, declarations of packages among them. */
  getScriptText(fileName: string): Promise<string | undefined>
}
