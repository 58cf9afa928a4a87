import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser'
import { t } from '../i18n/i18n.ts'
import { authCall } from './auth-call.ts'
import { queryClient } from './trpc.ts'

export function passkeysWork(): boolean {
  return typeof globalThis.PublicKeyCredential === 'function'
}

/** What the person refused, or the authenticator, has a message of the browser's own. */
async function ceremony<T>(ask: () => Promise<T>): Promise<T> {
  return ask().catch((error: unknown) => {
    if (error instanceof Error && error.name === 'InvalidStateError')
      throw new Error(t('security.hasPasskey'))
    throw new Error(t('signIn.passkeyCancelled'))
  })
}

/** Asks the browser for one of its passkeys, and signs in by it. */
export async function signInByPasskey(): Promise<void> {
  const { startAuthentication } = await import('@simplewebauthn/browser')
  const optionsJSON = await authCall<PublicKeyCredentialRequestOptionsJSON>(
    '/passkey/generate-authenticate-options',
  )
  const response = await ceremony(() => startAuthentication({ optionsJSON }))
  await authCall('/passkey/verify-authentication', { response })
  queryClient.clear()
}

/** Makes a passkey on this device or on a key. */
export async function addPasskey(name: string): Promise<void> {
  const { startRegistration } = await import('@simplewebauthn/browser')
  const optionsJSON = await authCall<PublicKeyCredentialCreationOptionsJSON>(
    '/passkey/generate-register-options',
  )
  const response = await ceremony(() => startRegistration({ optionsJSON }))
  await authCall('/passkey/verify-registration', { response, name })
}

export async function renamePasskey(id: string, name: string): Promise<void> {
  await authCall('/passkey/update-passkey', { id, name })
}

export async function removePasskey(id: string): Promise<void> {
  await authCall('/passkey/delete-passkey', { id })
}
