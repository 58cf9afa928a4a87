import type { DependencyProgress, dependencyInputs } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'
import { appOf } from '../apps/scope.ts'

/** Where the changes of an app's packages stand, as they go on. */
export async function* dependencyProgress(
  request: SignedRequest,
  { appid }: z.infer<typeof dependencyInputs.app>,
  signal: AbortSignal | undefined,
): AsyncGenerator<DependencyProgress, void> {
  appOf(request, appid)
  yield* request.context.dependencies.changes.progress.follow(appid, signal)
}

/** Gives up a change that waits or runs; it is refused to whoever asked for it. */
export async function cancelChange(
  request: SignedRequest,
  { appid, changeId }: z.infer<typeof dependencyInputs.cancel>,
): Promise<{ cancelled: boolean }> {
  appOf(request, appid)
  return { cancelled: request.context.dependencies.changes.cancel(appid, changeId) }
}
