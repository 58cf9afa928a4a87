import { createHmac } from 'node:crypto'
import { APIError, type BetterAuthPlugin } from 'better-auth'
import { createAuthMiddleware, getSessionFromCtx } from 'better-auth/api'
import { symmetricDecrypt } from 'better-auth/crypto'
import type { Mongo } from '../mongo/mongo.ts'

const PERIOD_MS = 30_000
type HookContext = Parameters<Parameters<typeof createAuthMiddleware>[0]>[0]

/**
 * Codes of an authenticator app work once (RFC 6238, 5.2): better-auth takes one as often as it is sent while its time
 * lasts, so whoever saw it typed could use it again. The step of the last code that was sent is kept with the secret, and
 * that one and older ones are refused; of the same code sent twice at once, one gets through.
 */
export function oneTimeCodes(mongo: Pick<Mongo, 'twoFactors'>): BetterAuthPlugin {
  return {
    id: 'one-time-codes',
    hooks: {
      before: [
        {
          matcher: ({ path }) => path === '/two-factor/verify-totp',
          handler: createAuthMiddleware(async (ctx) => {
            const userId = await whose(ctx)
            const factor = userId && (await mongo.twoFactors.findOne({ userId }))
            const code: unknown = ctx.body?.code
            if (!factor || typeof code !== 'string') return
            const secret = await symmetricDecrypt({ key: ctx.context.secretConfig, data: factor.secret })
            const step = stepOf(secret, code, Date.now())
            if (step === undefined) return // better-auth refuses it, and counts the guess
            const { modifiedCount } = await mongo.twoFactors.updateOne(
              {
                _id: factor._id,
                secret: factor.secret,
                $or: [{ lastStep: { $exists: false } }, { lastStep: { $lt: step } }],
              },
              { $set: { lastStep: step } },
            )
            if (modifiedCount === 0) {
              throw new APIError('UNAUTHORIZED', {
                code: 'CODE_USED',
                message: 'This code was used. Wait for the next one.',
              })
            }
          }),
        },
      ],
    },
  }
}

/** Whose code it has to be: of who is signed in, or of who has given his password. */
async function whose(ctx: HookContext): Promise<string | null> {
  const session = await getSessionFromCtx(ctx)
  if (session) return session.user.id
  const cookie = ctx.context.createAuthCookie('two_factor')
  const identifier = await ctx.getSignedCookie(cookie.name, ctx.context.secret)
  if (!identifier) return null
  return (await ctx.context.internalAdapter.findVerificationValue(identifier))?.value ?? null
}

/**
 * The time step that a code belongs to: better-auth takes those of the step before, of this one and of the next, which
 * may have begun when it looks.
 */
function stepOf(secret: string, code: string, now: number): number | undefined {
  const step = Math.floor(now / PERIOD_MS)
  return [step - 1, step, step + 1, step + 2].find((one) => hotp(secret, one) === code)
}

/** RFC 4226, 5.3: SHA-1, six digits. */
function hotp(secret: string, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const hash = createHmac('sha1', secret).update(counter).digest()
  const number = hash.readUInt32BE(hash.at(-1)! & 0xf) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}
