import type { PublishManyResult } from '@lathe/shared'
import { loadErrorsOf, markersOf } from '../data/errors.ts'
import { refetchFunction } from '../data/functions.ts'
import { api } from '../data/trpc.ts'
import { WINDOW } from '../data/window.ts'
import { draftActions, useDrafts } from '../stores/drafts.ts'
import { clearServerMarkers, showServerMarkers } from './markers.ts'
import { ensureModel, mergeAsked, type OpenFunction, openFunction, showStatus } from './models.ts'
import { openModel } from './whole-app.ts'

/** Publishes the text as it stands in the editor, and measures from the click to the answer. */
export async function publish(appid: string, name: string, note = ''): Promise<void> {
  const fn = openFunction(name)
  if (!fn || useDrafts.getState().publish[name]?.kind === 'publishing') return
  const clickedAt = performance.now()
  if (fn.queue.state === 'conflict') {
    // The reason is known already: the merge comes before the publish.
    fn.queue.rebase(fn.queue.confirmed, fn.queue.baseRevision)
  }
  const previous = fn.live?.revision ?? 0
  draftActions.publish(name, { kind: 'publishing' })
  await fn.queue.idle()
  const source = fn.model.getValue()
  try {
    const result = await api.functions.publish.mutate({
      appid,
      name,
      source,
      baseRevision: fn.queue.baseRevision,
      draftVersion: fn.queue.version,
      window: WINDOW,
      ...(note ? { note } : {}),
    })
    const ms = result.liveInMs === null ? null : performance.now() - clickedAt
    clearServerMarkers()
    wentLive(fn, source, result.revision)
    draftActions.publish(name, {
      kind: 'live',
      revision: result.revision,
      ms,
      replicas: result.replicas,
      previous,
      undone: false,
    })
    void refetchFunction(appid, name).then(ensureModel)
  } catch (error) {
    fn.queue.resume()
    const merge = mergeAsked(fn, error)
    const markers = markersOf(error)
    const loadErrors = loadErrorsOf(error)
    showServerMarkers(name, markers, loadErrors)
    draftActions.publish(name, { kind: 'refused', error, markers, loadErrors })
    if (merge) draftActions.conflict(merge)
  }
}

/** Makes the revision that was live before live again; the draft stays as it is. */
export async function undoPublish(appid: string, name: string): Promise<void> {
  const state = useDrafts.getState().publish[name]
  if (state?.kind === 'live' && state.previous > 0) await goBack(appid, name, state.previous)
}

/** Publishes the source of an old revision again; what is being typed stays, on top of it. */
export async function goBack(appid: string, name: string, revision: number): Promise<void> {
  const fn = openFunction(name)
  if (!fn) return
  const previous = fn.live?.revision ?? 0
  const clickedAt = performance.now()
  draftActions.publish(name, { kind: 'publishing' })
  try {
    await fn.queue.idle()
    const result = await api.revisions.rollback.mutate({ appid, name, revision })
    const ms = result.liveInMs === null ? null : performance.now() - clickedAt
    const view = await refetchFunction(appid, name)
    // Whoever goes back knows what is live: the draft goes on from there.
    fn.queue.rebase(view.draft.source, result.revision, view.draft.version)
    ensureModel(view)
    draftActions.publish(name, {
      kind: 'live',
      revision: result.revision,
      ms,
      replicas: result.replicas,
      previous,
      undone: true,
    })
  } catch (error) {
    fn.queue.resume()
    draftActions.publish(name, { kind: 'refused', error, markers: [], loadErrors: [] })
  }
}

/**
 * Publishes several functions as one change, as their texts stand: all of them or none.
 * @throws what the API refuses it with; then nothing was published
 */
export async function publishMany(appid: string, names: string[], note: string): Promise<PublishManyResult> {
  await Promise.all(names.map(openModel))
  const all = names.flatMap((name) => openFunction(name) ?? [])
  await Promise.all(all.map((fn) => fn.queue.idle()))
  const sources = all.map((fn) => fn.model.getValue())
  try {
    const result = await api.functions.publishMany.mutate({
      appid,
      functions: all.map(({ name, queue }, index) => ({
        name,
        source: sources[index] ?? '',
        baseRevision: queue.baseRevision,
        draftVersion: queue.version,
        window: WINDOW,
      })),
      ...(note ? { note } : {}),
    })
    for (const [index, fn] of all.entries()) {
      wentLive(fn, sources[index] ?? '', result.functions[index]?.revision ?? 0)
      void refetchFunction(appid, fn.name).then(ensureModel)
    }
    return result
  } catch (error) {
    for (const fn of all) {
      fn.queue.resume()
      const merge = mergeAsked(fn, error)
      if (merge?.details.name === fn.name) draftActions.conflict(merge)
    }
    throw error
  }
}

function wentLive(fn: OpenFunction, source: string, revision: number): void {
  fn.live = { revision, source }
  fn.queue.rebase(source, revision)
  showStatus(fn)
}

/** Shows a conflict that was put off, with the text as it stands now. */
export function reviewConflict(name: string): void {
  const conflict = useDrafts.getState().conflicts[name]
  const fn = openFunction(name)
  if (!conflict || !fn) return
  draftActions.conflict({ ...conflict, details: { ...conflict.details, yours: fn.model.getValue() } })
}

/** Ends a merge: the text that the person chose becomes the draft, based on what is live now. */
export function resolveMerge(
  name: string,
  text: string,
  replace: (fn: OpenFunction, text: string) => void,
): void {
  const fn = openFunction(name)
  const merge = useDrafts.getState().conflicts[name]
  draftActions.resolved(name)
  draftActions.publish(name, null)
  if (!fn || !merge) return
  if (merge.kind === 'publish')
    fn.live = { revision: merge.details.liveRevision, source: merge.details.theirs }
  const base = merge.kind === 'publish' ? merge.details.liveRevision : merge.details.baseRevision
  replace(fn, text)
  // What the server has as the draft is not this text, so it is saved.
  fn.queue.rebase(
    merge.kind === 'draft' ? merge.details.theirs : fn.queue.confirmed,
    base,
    merge.draftVersion,
  )
  fn.queue.edit(text)
  showStatus(fn)
  void fn.queue.flush()
}
