import type { editingInputs, SourcesPage } from '@lathe/shared'
import type { z } from 'zod'
import type { FunctionDoc } from '../../mongo/documents.ts'
import type { SignedRequest } from '../../request-context.ts'
import { appOf } from '../apps/scope.ts'
import { isAlive } from './scope.ts'

/** A page ends with the function that brings it over this many characters. */
const PAGE_CHARS = 4_000_000

type Found = Pick<FunctionDoc, 'name' | 'liveRevision' | 'draftDiffers'> & {
  draft: Pick<FunctionDoc['draft'], 'source' | 'baseRevision' | 'version'>
}

const projection = {
  name: 1,
  liveRevision: 1,
  draftDiffers: 1,
  'draft.source': 1,
  'draft.baseRevision': 1,
  'draft.version': 1,
} as const

/** The drafts of an app by name, for whoever has to know all of it: search, references, an export. */
export async function listSources(
  request: SignedRequest,
  { appid, after }: z.infer<typeof editingInputs.sources>,
): Promise<SourcesPage> {
  appOf(request, appid)
  const slot = after === undefined ? isAlive : { ...isAlive, $gt: after }
  const page: SourcesPage = { sources: [], next: null }
  let chars = 0
  const found = request.context.mongo.functions
    .find({ appid, slot })
    .project<Found>(projection)
    .sort({ slot: 1 })
    .batchSize(100)
  await using cursor = found
  for await (const { draft, name, liveRevision, draftDiffers } of cursor) {
    if (chars > PAGE_CHARS) {
      page.next = page.sources.at(-1)?.name ?? null
      break
    }
    const { source, baseRevision, version } = draft
    page.sources.push({ name, source, baseRevision, draftVersion: version, liveRevision, draftDiffers })
    chars += source.length
  }
  return page
}
