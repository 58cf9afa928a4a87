import type { CaseDoc } from '../../mongo/case-documents.ts'
import { repeatable } from '../../mongo/errors.ts'
import type { Mongo } from '../../mongo/mongo.ts'
import { notFound } from '../../refusal.ts'

/** A case of an app that was scoped to the caller before. */
export async function caseOf(mongo: Mongo, appid: string, id: string): Promise<CaseDoc> {
  const found = await repeatable(() => mongo.cases.findOne({ _id: id }))
  if (!found || found.appid !== appid || found.expiresAt) throw notFound('case', id)
  return found
}

/** The order of a new last case. */
export async function lastOrder(mongo: Mongo, appid: string, functionId: string): Promise<number> {
  const last = await mongo.cases.findOne({ appid, functionId }, { sort: { order: -1 } })
  return (last?.order ?? 0) + 1
}
