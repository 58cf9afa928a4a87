import type { PublishResult } from '@lathe/shared'
import { loadErrorsOf, markersOf } from '../data/errors.ts'
import { refetchFunction } from '../data/functions.ts'
import { api } from '../data/trpc.ts'
import { WINDOW } from '../data/window.ts'
import { draftActions, useDrafts } from '../stores/drafts.ts'
import { clearServerMarkers, showServerMarkers } from './markers.ts'
import { ensureModel, mergeAsked, type OpenFunction, openFunction, showStatus } from './models.ts'

/** Publishes the text as it stands in the editor, and measures from the click to the answer. */
export async function publish(appid: string, name: string): Promise<void> {
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
    })
    const ms = result.liveInMs === null ? null : performance.now() - clickedAt
    clearServerMarkers()
    wentLive(fn, source, result)
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
  const fn = openFunction(name)
  if (state?.kind !== 'live' || state.previous === 0 || !fn) return
  const clickedAt = performance.now()
  draftActions.publish(name, { kind: 'publishing' })
  try {
    await fn.queue.idle()
    const result = await api.revisions.rollback.mutate({ appid, name, revision: state.previous })
    const ms = result.liveInMs === null ? null : performance.now() - clickedAt
    const view = await refetchFunction(appid, name)
    // Whoever undoes knows what is live: the draft goes on from there.
    fn.queue.rebase(view.draft.source, result.revision)
    ensureModel(view)
    draftActions.publish(name, {
      kind: 'live',
      revision: result.revision,
      ms,
      replicas: result.replicas,
      previous: state.revision,
      undone: true,
    })
  } catch (error) {
    fn.queue.resume()
    draftActions.publish(name, { kind: 'refused', error, markers: [], loadErrors: [] })
  }
}

function wentLive(fn: OpenFunction, source: string, result: PublishResult): void {
  fn.live = { revision: result.revision, source }
  fn.queue.rebase(source, result.revision)
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
