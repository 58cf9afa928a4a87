import { type MessageId, t } from '../i18n/i18n.ts'

const texts: Record<string, MessageId> = {
  INVALID_EMAIL_OR_PASSWORD: 'signIn.wrong',
  INVALID_EMAIL: 'signIn.wrong',
  INVALID_PASSWORD: 'security.wrongPassword',
  INVALID_CODE: 'signIn.wrongCode',
  CODE_USED: 'signIn.usedCode',
  INVALID_BACKUP_CODE: 'signIn.wrongCode',
  INVALID_TWO_FACTOR_COOKIE: 'signIn.again',
  TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: 'signIn.again',
  PASSKEY_NOT_FOUND: 'signIn.unknownPasskey',
  AUTHENTICATION_FAILED: 'signIn.unknownPasskey',
  SESSION_NOT_FRESH: 'security.notFresh',
}
/** How long better-auth keeps a second factor locked after too many wrong codes. */
const LOCK_MINUTES = 15

function textOf(status: number, code: string | undefined, retryAfter: string | null): string {
  if (status === 429) {
    const minutes = retryAfter === null ? LOCK_MINUTES : Math.max(1, Math.ceil(Number(retryAfter) / 60))
    return t('signIn.busy', { minutes })
  }
  if (status === 503) return t('signIn.noProvider')
  const text = code === undefined ? undefined : texts[code]
  if (text) return t(text as 'signIn.wrong')
  return t(status >= 400 && status < 500 ? 'error.invalid' : 'error.offline')
}

/**
 * Calls an endpoint for signing in, second factors or passkeys: those are no procedures, since cookies come and go by them.
 * @throws Error whose message is for a person
 */
export async function authCall<T>(path: string, body?: unknown): Promise<T> {
  const response = await fetch(`/api/auth${path}`, {
    ...(body === undefined
      ? {}
      : {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
  }).catch(() => null)
  const answer = await response?.json().catch(() => null)
  if (response?.ok) return answer as T
  throw new Error(textOf(response?.status ?? 0, answer?.code, response?.headers.get('retry-after') ?? null))
}
