import type { SourceView } from '@lathe/shared'
import { functionQuery, functionsQuery } from '../data/functions.ts'
import { api, queryClient } from '../data/trpc.ts'
import { functionWorker, languageState, onLanguageState } from './language/service.ts'
import { ensureModel, type OpenFunction, openFunction, openFunctions, replaceText, uriOf } from './models.ts'

/**
 * Every draft of the open app: what search, references, renames, checks and publishing several functions stand on. It is
 * fetched when the language service is ready, so the first keystroke does not wait for it, and then kept up by what the
 * list of functions says has changed.
 */
interface Known {
  source: SourceView
  /** The list's time for it. */
  at: string
}

/** Beyond so many changes the whole app is asked for in one go. */
const ONE_BY_ONE = 12

let open: { appid: string; known: Map<string, Known>; loading: Promise<void> | null } | null = null

export function followWholeApp(appid: string): () => void {
  const app = { appid, known: new Map<string, Known>(), loading: null }
  open = app
  const list = functionsQuery(appid)
  const key = JSON.stringify(list.queryKey)
  const look = () => {
    if (open === app && languageState() === 'ready') void load().catch(() => {}) // offline: the next change tries again
  }
  look()
  const ready = onLanguageState(look)
  const stop = queryClient.getQueryCache().subscribe(({ query, type }) => {
    if (type === 'updated' && JSON.stringify(query.queryKey) === key) look()
  })
  return () => {
    ready()
    stop()
    if (open === app) open = null
  }
}

/** The names and drafts of the whole app, as they stand now; what is open here counts as it stands in the editor. */
export async function wholeApp(): Promise<SourceView[]> {
  await load()
  return [...(open?.known.values() ?? [])].map(({ source }) => ({
    ...source,
    source: openFunction(source.name)?.model.getValue() ?? source.source,
  }))
}

/** The text of a function, open or not; null when there is none of that name. */
export function currentText(name: string): string | null {
  return openFunction(name)?.model.getValue() ?? open?.known.get(name)?.source.source ?? null
}

/** The function's model, opened when it was not. */
export async function openModel(name: string): Promise<OpenFunction['model'] | null> {
  const known = openFunction(name)
  if (known) return known.model
  if (!open) return null
  const view = await queryClient.fetchQuery({ ...functionQuery(open.appid, name), staleTime: 0 })
  return ensureModel(view).model
}

/** Writes texts as drafts, each as one step that can be undone; those that somebody saved meanwhile ask for a merge. */
export async function applyTexts(items: { name: string; after: string }[]): Promise<void> {
  for (const { name, after } of items) {
    await openModel(name)
    const fn = openFunction(name)
    if (fn) replaceText(fn, after)
  }
  await Promise.all(items.map(({ name }) => openFunction(name)?.queue.flush()))
}

async function load(): Promise<void> {
  const app = open
  if (!app) return
  while (app.loading) await app.loading
  app.loading = refresh(app).finally(() => {
    app.loading = null
  })
  await app.loading
}

async function refresh({ appid, known }: NonNullable<typeof open>): Promise<void> {
  const list = await queryClient.ensureQueryData(functionsQuery(appid))
  const listed = new Map(list.map((fn) => [fn.name, fn.updatedAt]))
  const changed = list.filter((fn) => known.get(fn.name)?.at !== fn.updatedAt).map(({ name }) => name)
  const gone = [...known.keys()].filter((name) => !listed.has(name))
  if (changed.length === 0 && gone.length === 0) return
  const fresh = changed.length > ONE_BY_ONE ? await everything(appid) : await some(appid, changed)
  for (const source of fresh) known.set(source.name, { source, at: listed.get(source.name) ?? '' })
  for (const name of gone) known.delete(name)
  const worker = await functionWorker()
  await worker.updateAppFiles(
    fresh.map(({ name, source }) => ({ uri: uriOf(name).toString(), text: source })),
    gone.map((name) => uriOf(name).toString()),
  )
}

async function everything(appid: string): Promise<SourceView[]> {
  const all: SourceView[] = []
  for (let after: string | null | undefined; after !== null; ) {
    const page = await api.functions.sources.query({ appid, ...(after ? { after } : {}) })
    all.push(...page.sources)
    after = page.next
  }
  return all
}

function some(appid: string, names: string[]): Promise<SourceView[]> {
  return Promise.all(
    names.map(async (name) => {
      const { draft, liveRevision, draftDiffers } = await queryClient.fetchQuery({
        ...functionQuery(appid, name),
        staleTime: openFunctions().some((fn) => fn.name === name) ? 5_000 : 0,
      })
      const { source, baseRevision, version } = draft
      return { name, source, baseRevision, draftVersion: version, liveRevision, draftDiffers }
    }),
  )
}
