import type { CaseView, caseInputs } from '@lathe/shared'
import type { z } from 'zod'
import { repeatable } from '../../mongo/errors.ts'
import { notFound } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from '../apps/scope.ts'
import { functionById } from '../functions/scope.ts'
import { caseView } from './view.ts'

/** Brings a deleted case back to where it was. */
export async function restoreCase(
  request: SignedRequest,
  { appid, id }: z.infer<typeof caseInputs.one>,
): Promise<CaseView> {
  const { mongo, secrets } = request.context
  livingAppOf(request, appid)
  const doc = await repeatable(() => mongo.cases.findOne({ _id: id }))
  if (!doc || doc.appid !== appid) throw notFound('deleted case', id)
  const { name } = await functionById(mongo, appid, doc.functionId)
  await repeatable(() => mongo.cases.updateOne({ _id: id }, { $set: { expiresAt: null } }))
  return caseView(secrets, { ...doc, expiresAt: null }, name)
}
