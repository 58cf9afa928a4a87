import { runRequestSchema } from '@lathe/shared'
import type { Context } from '../../context.ts'
import { sealRequest } from '../runs/stored-request.ts'

/** Requests of cases were kept in clear once: seals what is left of them. Sealed ones never begin with a brace. */
export async function sealPlainCases({ mongo, secrets }: Pick<Context, 'mongo' | 'secrets'>): Promise<void> {
  for await (const { _id, appid, request } of mongo.cases.find({ request: /^\{/ })) {
    const sealed = sealRequest(secrets, appid, 'case', runRequestSchema.parse(JSON.parse(request)))
    await mongo.cases.updateOne({ _id, request }, { $set: { request: sealed } })
  }
}
