import { createHmac } from 'node:crypto'
import type { Context } from '../../context.ts'
import { databaseUrlInRuntime } from '../../drivers/runtime/database-url.ts'
import type { AppDoc } from '../../mongo/documents.ts'
import { databaseUrlOf } from '../../reconciler/launch.ts'
import { Refusal } from '../../refusal.ts'
import { envValues } from '../env/values.ts'

const LIFE_SECONDS = 3_600

/**
 * A token of a user of the app, as the app's own `cloud.getToken` makes it: so `ctx.user` has these claims.
 * @param claims a JSON object
 * @throws Refusal INVALID_INPUT
 */
export async function userToken(context: Context, app: AppDoc, claims: string): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  const payload = { iat: now, exp: now + LIFE_SECONDS, ...parsed(claims) }
  const text = [{ alg: 'HS256', typ: 'JWT' }, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  const { SERVER_SECRET } = await envValues(context.mongo, context.secrets, app._id)
  // Without a secret of its own an app's runtime derives one: see makeCloudHost in the runtime.
  const secret =
    SERVER_SECRET ||
    hmac(databaseUrlInRuntime(context.env, databaseUrlOf(context, app)), 'lathe: secret of tokens').toString(
      'hex',
    )
  return `${text}.${hmac(secret, text).toString('base64url')}`
}

function hmac(key: string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function parsed(claims: string): object {
  try {
    const value: unknown = JSON.parse(claims)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {
    // refused below
  }
  const message = 'The claims of a user have to be a JSON object.'
  throw new Refusal('INVALID_INPUT', message, { issues: [{ path: 'request.user', message }] })
}
