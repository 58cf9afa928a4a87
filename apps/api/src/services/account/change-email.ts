import type { accountInputs } from '@lathe/shared'
import { z } from 'zod'
import { recordCall } from '../../audit/record.ts'
import { confirmPassword } from '../../auth/confirm-password.ts'
import { limitsOfMail } from '../../auth/guess-limits.ts'
import { refuseTooMany } from '../../auth/guesses.ts'
import { randomToken } from '../../hash.ts'
import { isDuplicate } from '../../mongo/errors.ts'
import { Refusal } from '../../refusal.ts'
import type { RequestContext, SignedRequest } from '../../request-context.ts'
import { sendLater } from './notices.ts'

const LIFETIME_MS = 3600_000
const wanted = z.object({ userId: z.string(), from: z.string(), to: z.string() })
const identifier = (token: string) => `change-email:${token}`

/**
 * Mails a link to the new address; the account has its old one until that is opened. With the address that it has, it
 * confirms that one. Whether an address belongs to somebody else already is not told: its owner's mailbox stays silent.
 *
 * better-auth's own links sign in whoever opens them, past the second factor, and work more than once.
 */
export async function changeEmail(
  request: SignedRequest,
  { newEmail, password }: z.infer<typeof accountInputs.changeEmail>,
): Promise<{ sent: true }> {
  const { context, caller, address } = request
  if (!context.mailer.isReady) {
    throw new Refusal(
      'NO_MAIL_SERVER',
      'A new address is confirmed by e-mail, and this Lathe has no mail server: LATHE_SMTP_URL names one.',
    )
  }
  await confirmPassword(request, password)
  await refuseTooMany(
    context.guesses.attempt(
      limitsOfMail(newEmail, address),
      async () => null,
      () => true,
    ),
  )
  const taken = await context.mongo.users.findOne({ email: newEmail })
  if (taken && taken._id !== caller.userId) return { sent: true }
  const token = randomToken()
  const { internalAdapter } = await context.auth.$context
  await internalAdapter.createVerificationValue({
    identifier: identifier(token),
    value: JSON.stringify({ userId: caller.userId, from: caller.email, to: newEmail }),
    expiresAt: new Date(Date.now() + LIFETIME_MS),
  })
  sendLater(context, {
    to: newEmail,
    subject: 'Confirm your e-mail address on Lathe',
    text: `${caller.name} wants to use this address on ${context.env.LATHE_CONSOLE_URL}. Open this link to confirm that it is yours:\n\n${context.env.LATHE_CONSOLE_URL}/confirm-email?token=${token}\n\nIt works once, for an hour. If you do not know what this is about, ignore it.\n`,
  })
  return { sent: true }
}

/** Opens the mailed link: taking its token out of the database is what makes it work once. */
export async function confirmEmail(
  request: RequestContext,
  { token }: z.infer<typeof accountInputs.confirmEmail>,
): Promise<{ email: string }> {
  const { context } = request
  const { internalAdapter } = await context.auth.$context
  const taken = await internalAdapter.consumeVerificationValue(identifier(token))
  if (!taken) throw new Refusal('LINK_OVER', 'This link was used or has expired. Change the address again.')
  const { userId, from, to } = wanted.parse(JSON.parse(taken.value))
  const found = await context.mongo.users.findOne({ _id: userId, email: from })
  if (!found) throw new Refusal('LINK_OVER', 'The address was changed meanwhile. Change it again.')
  try {
    await internalAdapter.updateUser(userId, { email: to, emailVerified: true })
  } catch (error) {
    if (!isDuplicate(error)) throw error
    throw new Refusal('NAME_TAKEN', `${to} belongs to another account.`, { name: to })
  }
  const caller = { userId, email: to, name: found.name, token: null, sessionId: null }
  const input = { email: from, newEmail: to }
  await recordCall({ ...request, caller, teamId: null, app: null }, 'account.confirmEmail', input, 'ok', null)
  if (from !== to) {
    sendLater(context, {
      to: from,
      subject: 'Your e-mail address on Lathe was changed',
      text: `The account of ${found.name} on ${context.env.LATHE_CONSOLE_URL} has the address ${to} now.\n\nIf that was not you, tell whoever runs this Lathe.\n`,
    })
  }
  return { email: to }
}
