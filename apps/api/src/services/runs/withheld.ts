import { WITHHELD } from '@lathe/shared'
import type { Context } from '../../context.ts'
import { repeatable } from '../../mongo/errors.ts'
import { notFound, Refusal } from '../../refusal.ts'
import { caseOf } from '../cases/scope.ts'
import type { RunRequestInput } from './sendable.ts'
import { openRequest } from './stored-request.ts'

/**
 * The request with the values of its withheld headers, from the case or the past run that it names.
 * @param userId whose past runs count
 * @throws Refusal NOT_FOUND, INVALID_INPUT for a withheld header that nothing is kept for
 */
export async function withWithheld(
  context: Context,
  appid: string,
  userId: string,
  { stored, ...request }: RunRequestInput,
): Promise<RunRequestInput> {
  const withheld = Object.entries(request.headers).filter(([, value]) => value === WITHHELD)
  if (withheld.length === 0) return request
  const kept = stored ? await keptHeaders(context, appid, userId, stored) : {}
  const headers = { ...request.headers }
  for (const [name] of withheld) {
    const value = Object.entries(kept).find(([known]) => known.toLowerCase() === name.toLowerCase())?.[1]
    if (value === undefined) {
      const message = `The value of ${name} is not kept: type it in again.`
      throw new Refusal('INVALID_INPUT', message, { issues: [{ path: 'request.headers', message }] })
    }
    headers[name] = value
  }
  return { ...request, headers }
}

async function keptHeaders(
  { mongo, secrets }: Context,
  appid: string,
  userId: string,
  { kind, id }: NonNullable<RunRequestInput['stored']>,
): Promise<Record<string, string>> {
  if (kind === 'case')
    return openRequest(secrets, appid, kind, (await caseOf(mongo, appid, id)).request).headers
  const run = await repeatable(() => mongo.runs.findOne({ _id: id }))
  if (!run || run.appid !== appid || run.userId !== userId) throw notFound('run', id)
  return openRequest(secrets, appid, kind, run.request).headers
}
