import { type FunctionView, isTestFile } from '@lathe/shared'
import { conflictOf, draftConflictOf, reasonOf } from '../data/errors.ts'
import { WINDOW } from '../data/window.ts'
import { draftActions, type MergeRequest } from '../stores/drafts.ts'
import { type DraftPorts, DraftQueue } from './draft-queue.ts'
import { importedFunctions } from './language/imports.ts'
import { dropLocalDraft, keepLocalDraft, localDraft } from './local-drafts.ts'
import { monaco } from './monaco.ts'
import { saveDraft, sendDraftAtExit } from './save-draft.ts'

type Model = ReturnType<typeof monaco.editor.createModel>

/** One open function: Monaco's model owns the text, the queue saves it, the store is told what to show. */
export interface OpenFunction {
  name: string
  model: Model
  queue: DraftQueue
  live: { revision: number; source: string } | null
  /** The server's time of the draft that we know, to notice saves from elsewhere. */
  draftAt: string
  dispose: () => void
}

let appid = ''
const open = new Map<string, OpenFunction>()

/** Functions' sources lie in one folder, as they do for the runtime: `@/x` and relative imports resolve in it. */
export function uriOf(name: string) {
  return monaco.Uri.parse(`file:///app/${name}.ts`)
}

export function nameOf(uri: { path: string }): string | null {
  return /^\/app\/(.+)\.ts$/.exec(uri.path)?.[1] ?? null
}

export function openFunction(name: string): OpenFunction | undefined {
  return open.get(name)
}

export function openFunctions(): OpenFunction[] {
  return [...open.values()]
}

/** Another app's models make room: names would clash, and memory stay behind. */
export function enterApp(next: string): void {
  if (next === appid) return
  for (const fn of open.values()) fn.dispose()
  open.clear()
  draftActions.clear()
  appid = next
}

/** Opens a function, or brings an open one up to what the server now says. */
export function ensureModel(view: FunctionView): OpenFunction {
  const known = open.get(view.name)
  if (known) {
    takeNews(known, view)
    return known
  }
  const { name } = view
  // The editor may have made an empty one for a path that was not known yet.
  monaco.editor.getModel(uriOf(name))?.dispose()
  const model = monaco.editor.createModel(view.draft.source, 'typescript', uriOf(name))
  model.updateOptions({ tabSize: 2, insertSpaces: true })
  const fn: OpenFunction = {
    name,
    model,
    queue: new DraftQueue(
      view.draft.source,
      view.draft.baseRevision,
      view.draft.version,
      portsOf(appid, name),
    ),
    live: view.live ? { revision: view.live.revision, source: view.live.source } : null,
    draftAt: view.draft.updatedAt,
    dispose: () => {
      listener.dispose()
      fn.queue.keep()
      fn.queue.dispose()
      model.dispose()
    },
  }
  const listener = model.onDidChangeContent(() => {
    fn.queue.edit(model.getValue())
    showStatus(fn)
  })
  open.set(name, fn)
  restoreLocal(fn, view)
  showStatus(fn)
  return fn
}

export function closeFunction(name: string): void {
  const fn = open.get(name)
  if (!fn) return
  void fn.queue.flush().then(() => {
    // Whoever opened it again meanwhile keeps it.
    if (open.get(name) !== fn || fn.model.isAttachedToEditor() || fn.queue.dirty) return
    // Others' imports go on resolving to it.
    if (openFunctions().some((other) => importedFunctions(other.name, other.model.getValue()).includes(name)))
      return
    open.delete(name)
    fn.dispose()
    draftActions.forget(name)
  })
}

/** The function was deleted or renamed: its text goes with it. */
export function dropFunction(name: string): void {
  const fn = open.get(name)
  if (!fn) return
  open.delete(name)
  fn.queue.rebase(fn.model.getValue(), fn.queue.baseRevision)
  fn.dispose()
  dropLocalDraft(appid, name)
  draftActions.forget(name)
}

export function showStatus(fn: OpenFunction): void {
  draftActions.status(fn.name, {
    save: fn.queue.state,
    // A file of tests has nothing live to differ from.
    differs: !isTestFile(fn.name) && (fn.live === null || fn.model.getValue() !== fn.live.source),
    baseRevision: fn.queue.baseRevision,
    liveRevision: fn.live?.revision ?? 0,
  })
}

/** Replaces the text as one undoable edit. */
export function replaceText(fn: OpenFunction, text: string): void {
  if (fn.model.getValue() === text) return
  fn.model.pushStackElement()
  fn.model.pushEditOperations([], [{ range: fn.model.getFullModelRange(), text }], () => null)
  fn.model.pushStackElement()
}

/**
 * The server's view changed: another window saved, or somebody published. Text that is ours alone is never touched:
 * the next save of it is refused when it would cover another, and then both are shown.
 */
function takeNews(fn: OpenFunction, view: FunctionView): void {
  fn.live = view.live ? { revision: view.live.revision, source: view.live.source } : null
  const { draft } = view
  if (draft.window !== WINDOW || draft.updatedAt > fn.draftAt) {
    if (draft.source === fn.model.getValue()) {
      fn.draftAt = draft.updatedAt
      fn.queue.rebase(draft.source, draft.baseRevision, draft.version)
    } else if (fn.queue.state === 'saved' && draft.updatedAt > fn.draftAt) {
      fn.draftAt = draft.updatedAt
      fn.queue.confirmed = draft.source
      fn.queue.baseRevision = draft.baseRevision
      fn.queue.version = draft.version
      replaceText(fn, draft.source)
    }
  }
  showStatus(fn)
}

/** Text that a crash or a dead connection left here goes on where it was; if the server moved on, both are shown. */
function restoreLocal(fn: OpenFunction, { draft }: FunctionView): void {
  const kept = localDraft(appid, fn.name)
  if (!kept) return
  if (kept.source === draft.source) {
    dropLocalDraft(appid, fn.name)
    return
  }
  replaceText(fn, kept.source)
  if (draft.baseRevision === kept.baseRevision && draft.version === kept.draftVersion) return
  fn.queue.hold({
    name: fn.name,
    kind: 'draft',
    draftVersion: draft.version,
    details: {
      name: fn.name,
      baseRevision: draft.baseRevision,
      liveRevision: fn.live?.revision ?? 0,
      yours: kept.source,
      theirs: draft.source,
      base: fn.live?.source ?? null,
      author: draft.updatedBy,
    },
  })
}

/** What a refusal asks to be merged; null when it is about something else. */
export function mergeAsked(fn: OpenFunction, error: unknown): MergeRequest | null {
  const { name } = fn
  const published = conflictOf(error)
  if (published) return { name, kind: 'publish', details: published, draftVersion: fn.queue.version }
  const saved = draftConflictOf(error)
  if (!saved) return null
  return {
    name,
    kind: 'draft',
    draftVersion: saved.draftVersion,
    details: {
      name,
      baseRevision: fn.queue.baseRevision,
      liveRevision: fn.live?.revision ?? 0,
      yours: saved.yours,
      theirs: saved.theirs,
      base: fn.queue.confirmed,
      author: saved.author,
    },
  }
}

function portsOf(app: string, name: string): DraftPorts {
  return {
    save: (source, baseRevision, draftVersion) => saveDraft(app, name, source, baseRevision, draftVersion),
    classify: (error) => {
      const fn = open.get(name)
      const merge = fn && mergeAsked(fn, error)
      if (merge) return { kind: 'conflict', merge }
      return reasonOf(error) === null || reasonOf(error) === 'INTERNAL'
        ? { kind: 'offline' }
        : { kind: 'refused', error }
    },
    keepLocal: (source, baseRevision, draftVersion) =>
      keepLocalDraft(app, name, { source, baseRevision, draftVersion }),
    dropLocal: () => dropLocalDraft(app, name),
    onState: (save, failure) => {
      draftActions.status(name, { save, refusal: failure?.kind === 'refused' ? failure.error : null })
      if (failure?.kind === 'conflict') draftActions.conflict(failure.merge)
    },
    onSaved: (_, saved) => {
      const fn = open.get(name)
      if (!fn) return
      fn.draftAt = saved.updatedAt
      showStatus(fn)
    },
  }
}

/** Before the page goes: send what fits, keep all of it here. */
function atExit(): void {
  for (const fn of open.values()) {
    if (!fn.queue.dirty) continue
    fn.queue.keep()
    if (fn.queue.state !== 'conflict') sendDraftAtExit(appid, fn.name, fn.model.getValue(), fn.queue)
  }
}

addEventListener('pagehide', atExit)
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState !== 'hidden') return
  for (const fn of open.values()) void fn.queue.flush()
})
addEventListener('blur', () => {
  for (const fn of open.values()) void fn.queue.flush()
})
addEventListener('online', () => {
  for (const fn of open.values()) void fn.queue.flush()
})
