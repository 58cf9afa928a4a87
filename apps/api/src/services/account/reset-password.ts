import type { accountInputs } from '@lathe/shared'
import { APIError } from 'better-auth'
import type { z } from 'zod'
import { recordCall } from '../../audit/record.ts'
import { limitsOfMail } from '../../auth/guess-limits.ts'
import { refuseTooMany } from '../../auth/guesses.ts'
import type { Context } from '../../context.ts'
import { randomToken } from '../../hash.ts'
import { Refusal } from '../../refusal.ts'
import type { RequestContext } from '../../request-context.ts'
import { notifyOfPassword, sendLater } from './notices.ts'

const LIFETIME_MS = 3600_000
/** As better-auth's `resetPassword` looks for it. */
const identifier = (token: string) => `reset-password:${token}`

/**
 * Mails a link to set a new password. What it answers, and how long that takes, does not depend on whether the address
 * has an account: that is looked at when the answer is on its way.
 */
export async function requestReset(
  { context, address }: RequestContext,
  { email }: z.infer<typeof accountInputs.requestReset>,
): Promise<{ sent: true }> {
  if (!context.mailer.isReady) {
    throw new Refusal(
      'NO_MAIL_SERVER',
      'This Lathe has no mail server. Ask whoever runs it for a link: npm run account -- reset-link <email>',
    )
  }
  await refuseTooMany(
    context.guesses.attempt(
      limitsOfMail(email, address),
      async () => null,
      () => true,
    ),
  )
  void mailLink(context, email).catch((error: unknown) => {
    context.log.error({ err: error }, 'a link to reset a password was not made')
  })
  return { sent: true }
}

async function mailLink(context: Context, email: string): Promise<void> {
  const link = await createResetLink(context, email)
  if (link === null) return
  sendLater(context, {
    to: email,
    subject: 'Reset your password on Lathe',
    text: `Open this link to set a new password for ${email}:\n\n${link}\n\nIt works once, for an hour. If you did not ask for it, ignore it: nothing has changed.\n`,
  })
}

/** A one-time link that sets the password of an account, or null where the address has none. */
export async function createResetLink(context: Context, email: string): Promise<string | null> {
  const { internalAdapter } = await context.auth.$context
  const user = await context.mongo.users.findOne({ email })
  if (!user) return null
  const token = randomToken()
  await internalAdapter.createVerificationValue({
    identifier: identifier(token),
    value: user._id,
    expiresAt: new Date(Date.now() + LIFETIME_MS),
  })
  return `${context.env.LATHE_CONSOLE_URL}/reset-password?token=${token}`
}

/** Sets the password by a link, and signs the account out everywhere. Its second factor stays. */
export async function resetPassword(
  request: RequestContext,
  { token, newPassword }: z.infer<typeof accountInputs.resetPassword>,
): Promise<{ email: string }> {
  const { context } = request
  const { internalAdapter } = await context.auth.$context
  const found = await internalAdapter.findVerificationValue(identifier(token))
  const user = found && (await context.mongo.users.findOne({ _id: found.value }))
  if (!user) throw over()
  await context.auth.api.resetPassword({ body: { token, newPassword } }).catch((error: unknown) => {
    throw error instanceof APIError && error.statusCode < 500 ? over() : error
  })
  const caller = { userId: user._id, email: user.email, name: user.name, token: null, sessionId: null }
  await recordCall({ ...request, caller, teamId: null, app: null }, 'account.resetPassword', {}, 'ok', null)
  notifyOfPassword(context, user.email)
  return { email: user.email }
}

function over(): Refusal {
  return new Refusal('LINK_OVER', 'This link was used or has expired. Ask for a new one.')
}
