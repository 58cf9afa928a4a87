import type { inputs, PublishResult } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from '../apps/scope.ts'
import { publishSource } from './publish-source.ts'
import { functionOf } from './scope.ts'

/** Publishes the given source, or the saved draft. */
export async function publishFunction(
  request: SignedRequest,
  { appid, name, source, baseRevision, note = '' }: z.infer<typeof inputs.functionsPublish>,
): Promise<PublishResult> {
  const app = livingAppOf(request, appid)
  const found = await functionOf(request.context.mongo, appid, name)
  return publishSource(request, app, found, {
    source: source ?? found.draft.source,
    baseRevision,
    note,
    draftOf: request.caller.userId,
  })
}
