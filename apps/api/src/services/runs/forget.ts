import type { historyInputs } from '@lathe/shared'
import type { z } from 'zod'
import { repeatable } from '../../mongo/errors.ts'
import { notFound } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { appOf } from '../apps/scope.ts'

/** Removes one of the caller's own runs in this app from the history, or all of them. */
export async function forgetRuns(
  request: SignedRequest,
  { appid, id }: z.infer<typeof historyInputs.forget>,
): Promise<{ removed: number }> {
  appOf(request, appid)
  const { context, caller } = request
  const filter = { appid, userId: caller.userId, ...(id === undefined ? {} : { _id: id }) }
  const { deletedCount } = await repeatable(() => context.mongo.runs.deleteMany(filter))
  if (id !== undefined && deletedCount === 0) throw notFound('run', id)
  return { removed: deletedCount }
}
