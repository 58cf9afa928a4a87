import { api, queryClient, trpc } from '../data/trpc.ts'
import { WINDOW } from '../data/window.ts'
import type { Saved } from './draft-queue.ts'

/** Saves a draft on the server; the tree's mark follows without asking for the list again. */
export async function saveDraft(
  appid: string,
  name: string,
  source: string,
  baseRevision: number,
  draftVersion: number,
): Promise<Saved> {
  const saved = await api.functions.saveDraft.mutate({
    appid,
    name,
    source,
    baseRevision,
    draftVersion,
    window: WINDOW,
  })
  queryClient.setQueryData(trpc.functions.list.queryKey({ appid }), (list) =>
    list?.map((fn) =>
      fn.name === name ? { ...fn, draftDiffers: saved.draftDiffers, updatedAt: saved.updatedAt } : fn,
    ),
  )
  queryClient.setQueryData(
    trpc.functions.get.queryKey({ appid, name }),
    (view) =>
      view && {
        ...view,
        draftDiffers: saved.draftDiffers,
        draft: {
          source,
          baseRevision: saved.baseRevision,
          version: saved.draftVersion,
          window: WINDOW,
          updatedAt: saved.updatedAt,
          updatedBy: saved.updatedBy,
        },
      },
  )
  return saved
}

/** The same in a request that outlives the page. Browsers carry 64 kB so; longer text waits in this browser. */
export function sendDraftAtExit(
  appid: string,
  name: string,
  source: string,
  { baseRevision, version }: { baseRevision: number; version: number },
): void {
  const body = JSON.stringify({ appid, name, source, baseRevision, draftVersion: version, window: WINDOW })
  if (new Blob([body]).size > 60_000) return
  void fetch('/trpc/functions.saveDraft', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    keepalive: true,
  }).catch(() => {
    // The page is gone; the local copy is not.
  })
}
