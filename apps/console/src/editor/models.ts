import type { FunctionView } from '@lathe/shared'
import { conflictOf, reasonOf } from '../data/errors.ts'
import { draftActions } from '../stores/drafts.ts'
import { DraftQueue } from './draft-queue.ts'
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
    queue: new DraftQueue(view.draft.source, view.draft.baseRevision, portsOf(appid, name)),
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
  restoreLocal(fn)
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
    differs: fn.live === null || fn.model.getValue() !== fn.live.source,
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

/** The server's view changed (another device saved, somebody published). Text that is ours alone is never touched. */
function takeNews(fn: OpenFunction, view: FunctionView): void {
  fn.live = view.live ? { revision: view.live.revision, source: view.live.source } : null
  if (view.draft.updatedAt > fn.draftAt) {
    fn.draftAt = view.draft.updatedAt
    if (view.draft.source === fn.model.getValue()) {
      fn.queue.rebase(view.draft.source, view.draft.baseRevision)
    } else if (fn.queue.state === 'saved') {
      fn.queue.confirmed = view.draft.source
      fn.queue.baseRevision = view.draft.baseRevision
      replaceText(fn, view.draft.source)
    } else if (fn.queue.state !== 'conflict' && view.draft.source !== fn.queue.confirmed) {
      askToMergeDraft(fn, view.draft.source, view.draft.updatedBy)
    }
  }
  showStatus(fn)
}

/** Text that a crash or a dead connection left here goes on where it was; if the server moved on, both are shown. */
function restoreLocal(fn: OpenFunction): void {
  const kept = localDraft(appid, fn.name)
  if (!kept) return
  if (kept.source === fn.queue.confirmed) {
    dropLocalDraft(appid, fn.name)
    return
  }
  const serverDraft = fn.queue.confirmed
  const serverBase = fn.queue.baseRevision
  replaceText(fn, kept.source)
  if (serverBase !== kept.baseRevision || fn.draftAt > kept.at) {
    fn.queue.baseRevision = serverBase
    askToMergeDraft(fn, serverDraft, null)
  }
}

function askToMergeDraft(fn: OpenFunction, theirs: string, author: string | null): void {
  keepLocalDraft(appid, fn.name, fn.model.getValue(), fn.queue.baseRevision)
  draftActions.conflict({
    name: fn.name,
    kind: 'draft',
    details: {
      baseRevision: fn.queue.baseRevision,
      liveRevision: fn.live?.revision ?? 0,
      yours: fn.model.getValue(),
      theirs,
      base: fn.queue.confirmed === theirs ? (fn.live?.source ?? null) : fn.queue.confirmed,
      author,
    },
  })
}

function portsOf(app: string, name: string): ConstructorParameters<typeof DraftQueue>[2] {
  return {
    save: (source, baseRevision) => saveDraft(app, name, source, baseRevision),
    classify: (error) => {
      const conflict = conflictOf(error)
      if (conflict) return { kind: 'conflict', conflict }
      return reasonOf(error) === null || reasonOf(error) === 'INTERNAL'
        ? { kind: 'offline' }
        : { kind: 'refused', error }
    },
    keepLocal: (source, baseRevision) => keepLocalDraft(app, name, source, baseRevision),
    dropLocal: () => dropLocalDraft(app, name),
    onState: (save, failure) => {
      draftActions.status(name, { save, refusal: failure?.kind === 'refused' ? failure.error : null })
      if (failure?.kind === 'conflict') {
        draftActions.conflict({ name, kind: 'publish', details: failure.conflict })
      }
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
    if (fn.queue.state !== 'conflict')
      sendDraftAtExit(appid, fn.name, fn.model.getValue(), fn.queue.baseRevision)
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
