import type { AppView, inputs } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from './scope.ts'
import { appView } from './view.ts'

export async function renameApp(
  request: SignedRequest,
  { appid, name }: z.infer<typeof inputs.appsRename>,
): Promise<AppView> {
  const app = livingAppOf(request, appid)
  await request.context.mongo.apps.updateOne({ _id: appid }, { $set: { name } })
  return appView(request.context, { ...app, name })
}
