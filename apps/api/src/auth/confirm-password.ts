import { Refusal } from '../refusal.ts'
import type { SignedRequest } from '../request-context.ts'
import { limitsOfAccount } from './guess-limits.ts'
import { refuseTooMany } from './guesses.ts'

/**
 * Makes sure that it is the account's owner who sits there, and not whoever found his browser open.
 * @throws Refusal WRONG_PASSWORD, or TRY_LATER after too many wrong ones
 */
export async function confirmPassword(
  { context, caller, address }: SignedRequest,
  password: string,
): Promise<void> {
  const { internalAdapter, password: hasher } = await context.auth.$context
  const account = await internalAdapter.findCredentialAccount(caller.userId)
  const hash = account?.password
  if (!hash) {
    throw new Refusal('WRONG_PASSWORD', 'This account has no password yet. Reset it from the sign-in page.')
  }
  const isRight = await refuseTooMany(
    context.guesses.attempt(
      limitsOfAccount(caller.email, address),
      () => hasher.verify({ hash, password }),
      (right) => !right,
    ),
  )
  if (!isRight) throw new Refusal('WRONG_PASSWORD', 'The password is wrong.')
}
