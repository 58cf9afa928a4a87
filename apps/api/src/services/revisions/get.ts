import type { inputs, RevisionView } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'
import { appOf } from '../apps/scope.ts'
import { functionOf } from '../functions/scope.ts'
import { revisionOf, revisionSummary } from './view.ts'

export async function getRevision(
  request: SignedRequest,
  { appid, name, revision }: z.infer<typeof inputs.revisionsGet>,
): Promise<RevisionView> {
  const { mongo } = request.context
  appOf(request, appid)
  const doc = await functionOf(mongo, appid, name)
  const found = await revisionOf(mongo, doc, revision)
  return { ...revisionSummary(found, doc.liveRevision), source: found.source }
}
