import type { AppView, editingInputs } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from './scope.ts'
import { appView } from './view.ts'

/** What the console does about type errors when a function of the app is published. */
export async function setTypeCheck(
  request: SignedRequest,
  { appid, typeCheck }: z.infer<typeof editingInputs.typeCheck>,
): Promise<AppView> {
  const app = livingAppOf(request, appid)
  await request.context.mongo.apps.updateOne({ _id: appid }, { $set: { typeCheck } })
  return appView(request.context, { ...app, typeCheck })
}
