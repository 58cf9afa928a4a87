import type { DeletedFunction, inputs } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'
import { appOf } from '../apps/scope.ts'
import { isDeleted } from './scope.ts'
import { type DeletedDoc, deletedView } from './view.ts'

/** The recycle bin, the last deleted first. */
export async function deletedFunctions(
  request: SignedRequest,
  { appid }: z.infer<typeof inputs.app>,
): Promise<DeletedFunction[]> {
  appOf(request, appid)
  const found = await request.context.mongo.functions
    .find({ appid, slot: isDeleted })
    .project<DeletedDoc>({ name: 1, liveRevision: 1, deletedAt: 1, deletedBy: 1 })
    .toArray()
  return found.map(deletedView).sort((a, b) => b.deletedAt.localeCompare(a.deletedAt))
}
