import { type CaseView, type caseInputs, caseLimits, runLimits } from '@lathe/shared'
import { ObjectId } from 'mongodb'
import type { z } from 'zod'
import type { CaseDoc } from '../../mongo/case-documents.ts'
import { repeatable } from '../../mongo/errors.ts'
import type { Mongo } from '../../mongo/mongo.ts'
import { Refusal } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from '../apps/scope.ts'
import { functionOf, refuseTestFile } from '../functions/scope.ts'
import { checkedHeaders } from '../runs/sendable.ts'
import { sealRequest } from '../runs/stored-request.ts'
import { withWithheld } from '../runs/withheld.ts'
import { caseOf, lastOrder } from './scope.ts'
import { caseView } from './view.ts'

/** Makes a case of a function, or changes one. */
export async function saveCase(
  request: SignedRequest,
  input: z.infer<typeof caseInputs.save>,
): Promise<CaseView> {
  const { context, caller } = request
  const { mongo, secrets } = context
  const { appid, functionName, name, expectations } = input
  livingAppOf(request, appid)
  refuseTestFile(functionName)
  const { _id: functionId } = await functionOf(mongo, appid, functionName)
  const asked = await withWithheld(context, appid, caller.userId, input.request)
  checkedHeaders(asked.headers, new Map())
  checkSize(JSON.stringify(asked).length)
  const old = input.id === undefined ? null : await caseOf(mongo, appid, input.id)
  const now = new Date()
  const set = {
    functionId,
    name,
    request: sealRequest(secrets, appid, 'case', asked),
    expectations,
    updatedAt: now,
    updatedBy: caller.name,
  }
  if (old) {
    const doc: CaseDoc = { ...old, ...set }
    await repeatable(() => mongo.cases.updateOne({ _id: old._id }, { $set: set }))
    return caseView(secrets, doc, functionName)
  }
  await checkRoom(mongo, appid)
  const doc: CaseDoc = {
    ...set,
    _id: new ObjectId().toHexString(),
    appid,
    order: await lastOrder(mongo, appid, functionId),
    createdAt: now,
    createdBy: caller.name,
    expiresAt: null,
  }
  await mongo.cases.insertOne(doc)
  return caseView(secrets, doc, functionName)
}

function checkSize(size: number): void {
  const limit = runLimits.storedBytes
  if (size <= limit) return
  const message = `A case keeps a request of up to ${limit / 1e6} MB; this one has ${(size / 1e6).toFixed(1)} MB.`
  throw new Refusal('TOO_LARGE', message, { limit, size })
}

async function checkRoom(mongo: Mongo, appid: string): Promise<void> {
  const limit = caseLimits.perApp
  if ((await mongo.cases.countDocuments({ appid, expiresAt: null }, { limit })) >= limit) {
    throw new Refusal('LIMIT_REACHED', `An app can have ${limit} cases.`, { limit })
  }
}
