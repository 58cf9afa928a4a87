import { monaco } from '../monaco.ts'
import { type Diagnostic, messageOf, packageTrouble } from './diagnostics.ts'
import type { FunctionWorkerApi } from './worker-api.ts'

/**
 * The TypeScript language service in the browser. Kept behind these few functions, so that one on the server can
 * take its place.
 */
type State = 'starting' | 'ready'
let state: State = 'starting'
const listeners = new Set<() => void>()

export function languageState(): State {
  return state
}

export function onLanguageState(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

const BUNDLER = 100 // moduleResolution "bundler", which Monaco's enum lacks
const FORCE = 3 // moduleDetection "force"

const { typescriptDefaults: defaults, ScriptTarget, ModuleKind } = monaco.typescript

// Before the worker starts: a later change would start it anew.
defaults.setCompilerOptions({
  target: ScriptTarget.ESNext,
  module: ModuleKind.ESNext,
  moduleResolution: BUNDLER as typeof monaco.typescript.ModuleResolutionKind.NodeJs,
  moduleDetection: FORCE,
  lib: ['lib.esnext.d.ts'],
  types: ['node'],
  typeRoots: ['file:///node_modules/@types'],
  baseUrl: 'file:///',
  paths: { '@/*': ['app/*'] },
  strict: true,
  // Functions written for Laf have untyped parameters; they run, so they are not painted red.
  noImplicitAny: false,
  skipLibCheck: true,
  noEmit: true,
  esModuleInterop: true,
  allowImportingTsExtensions: true,
  allowNonTsExtensions: true,
  resolveJsonModule: true,
  isolatedModules: true,
})
defaults.setEagerModelSync(true)
// Our own diagnostics (below) know which packages have no types here; Monaco's adapter does not.
// And our own providers ask more of the worker: auto-imports, the functions that are not open, edits of several.
defaults.setModeConfiguration({
  ...defaults.modeConfiguration,
  diagnostics: false,
  completionItems: false,
  definitions: false,
  references: false,
  rename: false,
  codeActions: false,
  documentRangeFormattingEdits: false,
})

const OWNER = 'typescript'
const REST_MS = 300
const pending = new Map<string, ReturnType<typeof setTimeout>>()

type Model = ReturnType<typeof monaco.editor.createModel>

/** Checks a model when typing rests, and those that may import from it. */
function schedule(model: Model, delay = REST_MS): void {
  const key = model.uri.toString()
  clearTimeout(pending.get(key))
  pending.set(
    key,
    setTimeout(() => void check(model), delay),
  )
}

async function check(model: Model): Promise<void> {
  if (model.isDisposed()) return
  const version = model.getVersionId()
  const worker = await (await registered())(model.uri)
  if (model.isDisposed()) return
  const uri = model.uri.toString()
  const lists = await Promise.all([
    worker.getSyntacticDiagnostics(uri),
    worker.getSemanticDiagnostics(uri),
    worker.getSuggestionDiagnostics(uri),
  ])
  if (model.isDisposed()) return
  if (state === 'starting') {
    state = 'ready'
    for (const listener of listeners) listener()
  }
  // An older answer never overwrites a newer text's markers.
  if (model.getVersionId() !== version) return
  const [syntactic, semantic, suggestions] = lists as [Diagnostic[], Diagnostic[], Diagnostic[]]
  // Of the suggestions only what greys out or strikes through: the rest would dot half of the source.
  const marks = suggestions.filter((d) => d.reportsUnnecessary || d.reportsDeprecated)
  const found = [...syntactic, ...semantic, ...marks].filter((d) => d.start !== undefined)
  monaco.editor.setModelMarkers(
    model,
    OWNER,
    found.map((d) => toMarker(model, d)),
  )
}

type GetWorker = Awaited<ReturnType<typeof monaco.typescript.getTypeScriptWorker>>

/** Monaco registers the language a moment after its first model, and refuses until then. */
async function registered(): Promise<GetWorker> {
  for (;;) {
    try {
      return await monaco.typescript.getTypeScriptWorker()
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

/** The worker, with the models that it needs in place. */
export async function functionWorker(): Promise<FunctionWorkerApi> {
  const getWorker = await registered()
  return (await getWorker()) as unknown as FunctionWorkerApi
}

function toMarker(model: Model, d: Diagnostic) {
  const from = model.getPositionAt(d.start ?? 0)
  const to = model.getPositionAt((d.start ?? 0) + (d.length ?? 1))
  const trouble = packageTrouble(d)
  const { MarkerSeverity, MarkerTag } = monaco
  return {
    severity: trouble
      ? MarkerSeverity[trouble.missing ? 'Error' : 'Hint']
      : ([MarkerSeverity.Warning, MarkerSeverity.Error, MarkerSeverity.Hint, MarkerSeverity.Info][
          d.category
        ] ?? MarkerSeverity.Error),
    message: trouble?.message ?? messageOf(d),
    code: String(d.code),
    source: 'ts',
    tags: [
      ...(d.reportsUnnecessary ? [MarkerTag.Unnecessary] : []),
      ...(d.reportsDeprecated ? [MarkerTag.Deprecated] : []),
    ],
    startLineNumber: from.lineNumber,
    startColumn: from.column,
    endLineNumber: to.lineNumber,
    endColumn: to.column,
  }
}

function watch(model: Model): void {
  if (!isFunction(model)) return
  schedule(model, 0)
  // A function that was missing until now may be what others import.
  recheckOthers(model)
  model.onDidChangeContent(() => {
    schedule(model)
    recheckOthers(model)
  })
}

/** Declarations of packages are models too once somebody has looked at them. */
function isFunction(model: Model): boolean {
  return model.uri.scheme === 'file' && model.uri.path.startsWith('/app/')
}

function recheckOthers(changed: Model): void {
  for (const model of monaco.editor.getModels()) {
    if (model !== changed && isFunction(model) && /\bfrom\s*['"](@\/|\.)/.test(model.getValue())) {
      schedule(model, REST_MS * 2)
    }
  }
}

/** Checks every open function again: what they import may have other types now. */
export function recheckAll(): void {
  for (const model of monaco.editor.getModels()) {
    if (isFunction(model)) schedule(model, 0)
  }
}

monaco.editor.onDidCreateModel(watch)
monaco.editor.onWillDisposeModel((model) => {
  clearTimeout(pending.get(model.uri.toString()))
  pending.delete(model.uri.toString())
  recheckOthers(model)
})

/** Starts the worker before the first function is opened: the first completion comes sooner. */
export function warmUp(): void {
  const model = monaco.editor.createModel('', 'typescript', monaco.Uri.parse('inmemory://warm-up.ts'))
  void registered()
    .then((getWorker) => getWorker())
    .finally(() => model.dispose())
}
