import type { AppView, inputs } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'
import { appOf } from './scope.ts'
import { appView } from './view.ts'

export async function getApp(
  request: SignedRequest,
  { appid }: z.infer<typeof inputs.app>,
): Promise<AppView> {
  return appView(request.context, appOf(request, appid))
}
