import type { FunctionView, inputs } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'
import { appOf } from '../apps/scope.ts'
import { functionOf } from './scope.ts'
import { functionView } from './view.ts'

export async function getFunction(
  request: SignedRequest,
  { appid, name }: z.infer<typeof inputs.function>,
): Promise<FunctionView> {
  appOf(request, appid)
  return functionView(request.context, await functionOf(request.context.mongo, appid, name))
}
