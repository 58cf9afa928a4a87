import type { editingInputs, PublishResult } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from '../apps/scope.ts'
import { requirePassingTests } from '../tests/gate.ts'
import { draftConflict, isOvertaken } from './draft-conflict.ts'
import { publishSource } from './publish-source.ts'
import { functionOf, refuseTestFile } from './scope.ts'

/** Publishes the given source, or the saved draft. */
export async function publishFunction(
  request: SignedRequest,
  { appid, name, baseRevision, note = '', ...given }: z.infer<typeof editingInputs.publish>,
): Promise<PublishResult> {
  const app = livingAppOf(request, appid)
  refuseTestFile(name)
  const found = await functionOf(request.context.mongo, appid, name)
  const source = given.source ?? found.draft.source
  if (isOvertaken(found.draft, source, given)) throw draftConflict(found, source)
  if (found.liveRevision === baseRevision) {
    await requirePassingTests(request.context, app, new Map([[name, source]]))
  }
  return publishSource(request, app, found, {
    source,
    baseRevision,
    note,
    draftOf: request.caller.userId,
  })
}
