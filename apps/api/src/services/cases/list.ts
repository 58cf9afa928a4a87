import type { CaseView, caseInputs } from '@lathe/shared'
import type { z } from 'zod'
import { repeatable } from '../../mongo/errors.ts'
import type { SignedRequest } from '../../request-context.ts'
import { appOf } from '../apps/scope.ts'
import { isAlive } from '../functions/scope.ts'
import { caseView } from './view.ts'

/** The app's cases, or those of one function: by function, in their order. */
export async function listCases(
  request: SignedRequest,
  { appid, functionName }: z.infer<typeof caseInputs.list>,
): Promise<CaseView[]> {
  appOf(request, appid)
  const { mongo, secrets } = request.context
  const functions = await repeatable(() =>
    mongo.functions
      .find({ appid, slot: functionName ?? isAlive })
      .project<{ _id: string; name: string }>({ name: 1 })
      .toArray(),
  )
  const names = new Map(functions.map(({ _id, name }) => [_id, name]))
  const docs = await repeatable(() =>
    mongo.cases
      .find({ appid, expiresAt: null, ...(functionName ? { functionId: { $in: [...names.keys()] } } : {}) })
      .sort({ functionId: 1, order: 1 })
      .toArray(),
  )
  return docs
    .flatMap((doc) => {
      const name = names.get(doc.functionId)
      return name === undefined ? [] : [caseView(secrets, doc, name)] // its function is in the recycle bin
    })
    .sort((a, b) => (a.functionName < b.functionName ? -1 : a.functionName > b.functionName ? 1 : 0))
}
