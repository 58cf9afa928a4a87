import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import cloud, { type FunctionContext } from '@lathe/cloud'

interface User {
  _id: string
  salt: string
  hash: string
}
const users = cloud.mongo.db.collection<User>('users')
const derive = promisify<string, string, number, Buffer>(scrypt)
const HOUR = 3600

/** POST {"name", "password", "create": true} registers, without `create` signs in: both answer with a token. */
export async function POST(ctx: FunctionContext<{ name?: unknown; password?: unknown; create?: unknown }>) {
  const { name, password, create } = ctx.body ?? {}
  if (typeof name !== 'string' || typeof password !== 'string' || password.length < 8) {
    return Response.json({ error: 'name, and a password of 8 characters or more' }, { status: 400 })
  }
  if (create) {
    const salt = randomBytes(16).toString('hex')
    const hash = (await derive(password, salt, 32)).toString('hex')
    const { upsertedCount } = await users.updateOne(
      { _id: name },
      { $setOnInsert: { salt, hash } },
      { upsert: true },
    )
    if (upsertedCount === 0) return Response.json({ error: 'this name is taken' }, { status: 409 })
  } else {
    const user = await users.findOne({ _id: name })
    // The same work whether the name is known or not: the time must not tell.
    const hash = await derive(password, user?.salt ?? 'none', 32)
    if (!user || !timingSafeEqual(hash, Buffer.from(user.hash, 'hex'))) {
      return Response.json({ error: 'wrong name or password' }, { status: 401 })
    }
  }
  return { token: cloud.getToken({ name }, HOUR) }
}

/** With the header `Authorization: Bearer <token>`. */
export function GET(ctx: FunctionContext) {
  if (!ctx.user) return Response.json({ error: 'sign in first' }, { status: 401 })
  return { name: ctx.user.name }
}
