import type { CaseDoc } from '../../mongo/case-documents.ts'
import type { FunctionDoc } from '../../mongo/documents.ts'
import { repeatable } from '../../mongo/errors.ts'
import type { Mongo } from '../../mongo/mongo.ts'
import { isAlive } from '../functions/scope.ts'
import type { Choice } from './choice.ts'

/** The chosen cases of one function, in their order. */
export interface CaseGroup {
  fn: FunctionDoc
  cases: CaseDoc[]
}

/** The cases that are to run, by function. */
export async function caseGroups(mongo: Mongo, appid: string, chosen: Choice['cases']): Promise<CaseGroup[]> {
  const cases = await repeatable(() =>
    mongo.cases.find({ appid, expiresAt: null }).sort({ functionId: 1, order: 1 }).toArray(),
  )
  const byFunction = Map.groupBy(cases, ({ functionId }) => functionId)
  const functions = await repeatable(() =>
    mongo.functions
      .find({ appid, slot: isAlive, _id: { $in: [...byFunction.keys()] } })
      .sort({ slot: 1 })
      .toArray(),
  )
  return functions.flatMap((fn) => {
    const all = byFunction.get(fn._id) ?? []
    const isWhole = !chosen || chosen.functions.has(fn.name)
    const some = isWhole ? all : all.filter(({ _id }) => chosen.ids.has(_id))
    return some.length === 0 ? [] : [{ fn, cases: some }]
  })
}
