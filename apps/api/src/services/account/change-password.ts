import type { accountInputs } from '@lathe/shared'
import type { z } from 'zod'
import { confirmPassword } from '../../auth/confirm-password.ts'
import type { SignedRequest } from '../../request-context.ts'
import { notifyOfPassword } from './notices.ts'

/** Sets a new password. Every other browser of the account is signed out; this one gets a new session. */
export async function changePassword(
  request: SignedRequest,
  { currentPassword, newPassword }: z.infer<typeof accountInputs.changePassword>,
): Promise<{ changed: true }> {
  await confirmPassword(request, currentPassword)
  const { context, caller } = request
  const { headers } = await context.auth.api.changePassword({
    body: { currentPassword, newPassword, revokeOtherSessions: true },
    headers: request.authHeaders(),
    returnHeaders: true,
  })
  request.setCookies(headers.getSetCookie())
  notifyOfPassword(context, caller.email)
  return { changed: true }
}
