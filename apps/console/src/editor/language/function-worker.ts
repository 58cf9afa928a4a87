import type { ExportedNames, SourceStyle } from '@lathe/shared'
import {
  type ExportMap,
  type LanguageService,
  type MirrorContext,
  TypeScriptWorker,
  type ts,
  type WorkerData,
} from 'monaco-editor/languages/features/typescript/ts.worker'
import { completionOf, editsOf, placeOf, textOf } from './answers.ts'
import { type AppFile, AppFiles } from './app-files.ts'
import type { Diagnostic } from './diagnostics.ts'
import { InstalledExports, packageOf } from './installed-exports.ts'
import type {
  Completion,
  CompletionDetails,
  FileEdits,
  FileProblems,
  Fix,
  FunctionWorkerApi,
  Place,
  RenameAnswer,
} from './worker-api.ts'

/** Imports of functions are written `@/users/util`; auto-imports reach everything that the program knows. */
const PREFERENCES = {
  includeCompletionsForModuleExports: true,
  includeCompletionsWithInsertText: true,
  importModuleSpecifierPreference: 'non-relative',
  importModuleSpecifierEnding: 'minimal',
  providePrefixAndSuffixTextForRename: true,
  allowRenameOfImportPath: false,
} as const

const FORMAT = {
  indentSize: 2,
  tabSize: 2,
  convertTabsToSpaces: true,
  newLineCharacter: '\n',
  insertSpaceAfterOpeningAndBeforeClosingNonemptyBraces: true,
} as const

const IN_APP = /^file:\/\/\/app\//

/** Monaco's worker with the questions that its own adapters do not ask, over the whole app. */
export class FunctionLanguageWorker extends TypeScriptWorker implements FunctionWorkerApi {
  protected readonly app = new AppFiles()
  protected readonly installed = new InstalledExports(fetchExports)
  #exportMap: ExportMap | null = null
  #exportMapOf = ''
  #program: unknown
  #style: Pick<SourceStyle, 'semicolons' | 'singleQuotes'> = { semicolons: false, singleQuotes: true }

  constructor(context: MirrorContext, data: WorkerData) {
    super(context, data)
  }

  protected get service(): LanguageService {
    return this.getLanguageService()
  }

  /**
   * TypeScript asks its host for this under this name: without it, every completion would look through the exports of
   * the whole program again.
   */
  getCachedExportInfoMap(): unknown {
    const { ts } = globalThis as unknown as { ts: ts }
    this.#exportMap ??= ts.createCacheableExportInfoMap({
      getCurrentProgram: () => this.service.getProgram(),
      getPackageJsonAutoImportProvider: () => undefined,
      getGlobalTypingsCacheLocation: () => undefined,
    })
    return this.#exportMap
  }

  get #preferences() {
    return { ...PREFERENCES, quotePreference: this.#style.singleQuotes ? 'single' : 'double' } as const
  }

  get #format() {
    return { ...FORMAT, semicolons: this.#style.semicolons ? 'insert' : 'remove' } as const
  }

  async useStyle(style: SourceStyle): Promise<void> {
    this.#style = style
  }

  async updateAppFiles(changed: AppFile[], gone: string[]): Promise<void> {
    this.app.update(changed, gone)
  }

  override getScriptFileNames(): string[] {
    const models = super.getScriptFileNames()
    const known = new Set(models)
    return models.concat(
      this.app.names().filter((name) => !known.has(name)),
      InstalledExports.URI,
    )
  }

  override _getScriptText(fileName: string): string | undefined {
    if (fileName === InstalledExports.URI) return this.installed.text
    return super._getScriptText(fileName) ?? this.app.text(fileName)
  }

  override getScriptVersion(fileName: string): string {
    if (fileName === InstalledExports.URI) return this.installed.version
    return super.getScriptVersion(fileName) || this.app.version(fileName)
  }

  async completions(fileName: string, offset: number): Promise<Completion[]> {
    this.#renewExportMap(fileName)
    const found = this.service.getCompletionsAtPosition(fileName, offset, this.#preferences)
    if (!found) return []
    return found.entries.map(completionOf).concat(await this.installed.completions(found))
  }

  /** The kept exports are right as long as no other file changed; their symbols belong to one program each. */
  #renewExportMap(current: string): void {
    const others = this.getScriptFileNames().filter((name) => name !== current)
    const key = others.map((name) => name + this.getScriptVersion(name)).join()
    if (key !== this.#exportMapOf) this.#exportMap = null
    this.#exportMapOf = key
    const program = this.service.getProgram()
    if (program !== this.#program) this.#exportMap?.releaseSymbols()
    this.#program = program
  }

  async completionDetails(
    fileName: string,
    offset: number,
    chosen: Completion,
  ): Promise<CompletionDetails | null> {
    const { service } = this
    const { name, source, data } = chosen.unread ? this.#nowRead(fileName, offset, chosen) : chosen
    const found = service.getCompletionEntryDetails(
      fileName,
      offset,
      name,
      this.#format,
      source,
      this.#preferences,
      data,
    )
    if (!found) return null
    const edits = (found.codeActions ?? []).flatMap(({ changes }) => changes)
    const imports = edits.filter((one) => one.fileName === fileName).flatMap(({ textChanges }) => textChanges)
    return {
      signature: textOf(found.displayParts),
      documentation: textOf(found.documentation),
      edits: imports.map(({ span, newText }) => ({ span, newText })),
    }
  }

  /** What TypeScript itself offers for a name of a package, once it has read that package. */
  #nowRead(fileName: string, offset: number, chosen: Completion): Completion {
    this.installed.reach(chosen.source ?? '')
    this.#renewExportMap(fileName)
    const found = this.service.getCompletionsAtPosition(fileName, offset, this.#preferences)
    const entry = found?.entries.find(
      ({ name, data }) => name === chosen.name && packageOf(data) === chosen.source,
    )
    return entry ? completionOf(entry) : chosen
  }

  async definitions(fileName: string, offset: number): Promise<Place[]> {
    return (this.service.getDefinitionAtPosition(fileName, offset) ?? []).map(placeOf)
  }

  async references(fileName: string, offset: number): Promise<Place[]> {
    return (this.service.getReferencesAtPosition(fileName, offset) ?? []).map(placeOf)
  }

  async rename(fileName: string, offset: number): Promise<RenameAnswer> {
    const info = this.service.getRenameInfo(fileName, offset, this.#preferences)
    if (!info.canRename) return { refused: info.localizedErrorMessage }
    const found = this.service.findRenameLocations(fileName, offset, false, false, this.#preferences) ?? []
    if (found.some((one) => !IN_APP.test(one.fileName))) return { refused: 'It belongs to a package.' }
    return {
      name: info.displayName,
      at: info.triggerSpan,
      places: found.map((one) => ({
        ...placeOf(one),
        prefix: one.prefixText ?? '',
        suffix: one.suffixText ?? '',
      })),
    }
  }

  async fixes(fileName: string, from: number, to: number, codes: number[]): Promise<Fix[]> {
    const found = this.service.getCodeFixesAtPosition(
      fileName,
      from,
      to,
      codes,
      this.#format,
      this.#preferences,
    )
    return found
      .filter(({ changes }) => changes.every((one) => !one.isNewFile && IN_APP.test(one.fileName)))
      .map(({ description, fixName, changes }) => ({
        title: description,
        preferred: fixName === 'import' || fixName === 'spelling',
        edits: changes.map(editsOf),
      }))
  }

  async organizeImports(fileName: string): Promise<FileEdits[]> {
    return this.service
      .organizeImports({ type: 'file', fileName }, this.#format, this.#preferences)
      .map(editsOf)
  }

  async moveEdits(from: string, to: string): Promise<FileEdits[]> {
    return this.service
      .getEditsForFileRename(from, to, this.#format, this.#preferences)
      .filter((one) => IN_APP.test(one.fileName))
      .map(editsOf)
  }

  async problems(fileNames: string[] | null): Promise<FileProblems[]> {
    const wanted = fileNames ?? this.getScriptFileNames().filter((name) => IN_APP.test(name))
    return wanted
      .filter((fileName) => this._getScriptText(fileName) !== undefined)
      .map((fileName) => ({
        fileName,
        diagnostics: TypeScriptWorker.clearFiles([
          ...this.service.getSyntacticDiagnostics(fileName),
          ...this.service.getSemanticDiagnostics(fileName),
        ]) as Diagnostic[],
      }))
  }
}

async function fetchExports(url: string): Promise<Record<string, ExportedNames>> {
  // Completions wait for it.
  const response = await fetch(url, { signal: AbortSignal.timeout(3_000) })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return (await response.json()) as Record<string, ExportedNames>
}
