declare module 'virtual:type-packs' {
  export const packUrls: Record<'node' | 'cloud' | 'mongodb', string>
}

/** Monaco ships its worker without declarations; this is what we use of it. */
declare module 'monaco-editor/languages/features/typescript/ts.worker' {
  export interface MirrorContext {
    getMirrorModels(): { uri: { toString(): string }; version: number; getValue(): string }[]
  }
  export interface WorkerData {
    compilerOptions: object
    extraLibs: object
  }
  interface Span {
    start: number
    length: number
  }
  interface Located {
    fileName: string
    textSpan: Span
  }
  interface Changes {
    fileName: string
    textChanges: readonly { span: Span; newText: string }[]
    isNewFile?: boolean
  }
  interface Part {
    text: string
  }
  /** The part of TypeScript's language service that our worker asks. */
  export interface LanguageService {
    getProgram(): unknown
    getCompletionsAtPosition(
      file: string,
      at: number,
      preferences: object,
    ):
      | {
          isMemberCompletion: boolean
          entries: {
            name: string
            kind: string
            kindModifiers?: string
            sortText: string
            insertText?: string
            replacementSpan?: Span
            source?: string
            data?: unknown
          }[]
        }
      | undefined
    getCompletionEntryDetails(
      file: string,
      at: number,
      name: string,
      format: object,
      source: string | undefined,
      preferences: object,
      data: unknown,
    ): { displayParts: Part[]; documentation?: Part[]; codeActions?: { changes: Changes[] }[] } | undefined
    getDefinitionAtPosition(file: string, at: number): readonly Located[] | undefined
    getReferencesAtPosition(file: string, at: number): Located[] | undefined
    getRenameInfo(
      file: string,
      at: number,
      preferences: object,
    ):
      | { canRename: true; displayName: string; triggerSpan: Span }
      | { canRename: false; localizedErrorMessage: string }
    findRenameLocations(
      file: string,
      at: number,
      strings: boolean,
      comments: boolean,
      preferences: object,
    ): readonly (Located & { prefixText?: string; suffixText?: string })[] | undefined
    getCodeFixesAtPosition(
      file: string,
      from: number,
      to: number,
      codes: readonly number[],
      format: object,
      preferences: object,
    ): readonly { description: string; fixName: string; changes: readonly Changes[] }[]
    organizeImports(args: object, format: object, preferences: object): readonly Changes[]
    getEditsForFileRename(from: string, to: string, format: object, preferences: object): readonly Changes[]
    getSyntacticDiagnostics(file: string): object[]
    getSemanticDiagnostics(file: string): object[]
  }
  /** TypeScript itself, which the worker keeps as a global. */
  export interface ts {
    createCacheableExportInfoMap(host: object): ExportMap
  }
  export interface ExportMap {
    releaseSymbols(): void
  }
  export class TypeScriptWorker {
    constructor(context: MirrorContext, data: WorkerData)
    static clearFiles(diagnostics: object[]): object[]
    _ctx: MirrorContext
    getLanguageService(): LanguageService
    getScriptFileNames(): string[]
    _getScriptText(fileName: string): string | undefined
    getScriptText(fileName: string): Promise<string | undefined>
    getScriptVersion(fileName: string): string
    fileExists(path: string): boolean
    updateExtraLibs(extraLibs: object): Promise<void>
  }
  export function initialize(create: (context: MirrorContext, data: WorkerData) => TypeScriptWorker): void
}
