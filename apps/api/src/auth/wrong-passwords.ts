import { emailSchema } from '@lathe/shared'
import { recordCall } from '../audit/record.ts'
import { sha256 } from '../hash.ts'
import type { RequestContext } from '../request-context.ts'
import { TooManyGuesses } from './guesses.ts'

const ACCOUNT_CHARS = 12

/**
 * For whoever runs the server, whether or not there is such an account: from where, how often, and, by the beginning of
 * a hash, whether at the same one. What was typed stays out: it may be a password in the wrong field.
 */
export function logRefusal(
  { context, address, requestId }: RequestContext,
  email: string,
  why: string,
): void {
  const account = sha256(email.toLowerCase()).slice(0, ACCOUNT_CHARS)
  context.log.warn({ part: 'sign-in', requestId, address, account, why }, 'a sign-in was refused')
}

/**
 * A wrong password of somebody who is not signed in: a line in the server's log and, where there is such an account, an
 * entry in its audit log, one in a quarter of an hour, so that strangers cannot fill it. Called when the answer is sent,
 * so nobody can tell by the time that it takes whether there is one.
 */
export async function noteWrongPassword(asked: RequestContext, typed: string): Promise<void> {
  logRefusal(asked, typed, 'wrong password')
  const { mongo, guesses, log } = asked.context
  const email = emailSchema.safeParse(typed)
  const user = email.success ? await mongo.users.findOne({ email: email.data }) : null
  if (!user) return
  const caller = { userId: user._id, email: user.email, name: 'somebody', token: null, sessionId: null }
  const signed = { ...asked, caller, teamId: null, app: null }
  try {
    await guesses.attempt(
      [{ key: `noted:${user._id}`, max: 1 }],
      () => recordCall(signed, 'account.signIn', {}, 'WRONG_PASSWORD', null),
      () => true,
    )
  } catch (error) {
    if (!(error instanceof TooManyGuesses)) log.error({ err: error }, 'a wrong password was not written down')
  }
}
