import type { testInputs } from '@lathe/shared'
import type { z } from 'zod'
import type { CaseDoc } from '../../mongo/case-documents.ts'
import type { FunctionDoc } from '../../mongo/documents.ts'
import { repeatable } from '../../mongo/errors.ts'
import type { Mongo } from '../../mongo/mongo.ts'
import { isAlive } from '../functions/scope.ts'

/** The chosen cases of one function, in their order. */
export interface CaseGroup {
  fn: FunctionDoc
  cases: CaseDoc[]
}

type Input = Pick<z.infer<typeof testInputs.run>, 'only'>

/** The cases that are to run, by function. */
export async function caseGroups(mongo: Mongo, appid: string, { only }: Input): Promise<CaseGroup[]> {
  const wanted = only?.cases && new Set(only.cases)
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
    const whole = !only || (only.functions?.includes(fn.name) ?? false)
    const chosen = whole ? all : all.filter(({ _id }) => wanted?.has(_id))
    return chosen.length === 0 ? [] : [{ fn, cases: chosen }]
  })
}
