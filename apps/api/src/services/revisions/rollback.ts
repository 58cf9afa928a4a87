import type { inputs, PublishResult } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from '../apps/scope.ts'
import { publishSource } from '../functions/publish-source.ts'
import { functionOf } from '../functions/scope.ts'
import { revisionOf } from './view.ts'

/** Publishes the source of an old revision again, as a new one. History only grows. */
export async function rollback(
  request: SignedRequest,
  { appid, name, revision }: z.infer<typeof inputs.revisionsGet>,
): Promise<PublishResult> {
  const { mongo } = request.context
  const app = livingAppOf(request, appid)
  const doc = await functionOf(mongo, appid, name)
  const { source } = await revisionOf(mongo, doc, revision)
  return publishSource(request, app, doc, {
    source,
    baseRevision: doc.liveRevision,
    note: `Back to revision ${revision}`,
    draftOf: doc.draftDiffers ? null : doc.draft.userId,
  })
}
