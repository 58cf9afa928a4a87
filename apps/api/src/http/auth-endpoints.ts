/** One of better-auth's endpoints that the console uses. */
export interface AuthEndpoint {
  method: 'GET' | 'POST'
  /** Below `/api/auth`. */
  path: string
  /** Whose secret the caller has to know: of the account whose address he types, or of the one he is signed in to. */
  guesses?: 'typed' | 'own'
  /** As what the audit log has it. */
  audit?: string
  /** Whether it is about the identity provider. */
  singleSignOn?: true
}

/**
 * All of better-auth that can be reached; what else it has is not ours to vouch for. Codes of a second factor are
 * bounded by better-auth itself: five for a password, ten in a row for an account.
 */
export const authEndpoints: AuthEndpoint[] = [
  { method: 'POST', path: '/sign-in/email', guesses: 'typed', audit: 'account.signIn' },
  { method: 'POST', path: '/sign-out', audit: 'account.signOut' },
  { method: 'POST', path: '/two-factor/verify-totp', audit: 'account.secondFactor' },
  { method: 'POST', path: '/two-factor/verify-backup-code', audit: 'account.backupCode' },
  { method: 'POST', path: '/two-factor/enable', guesses: 'own', audit: 'account.enableTwoFactor' },
  { method: 'POST', path: '/two-factor/disable', guesses: 'own', audit: 'account.disableTwoFactor' },
  {
    method: 'POST',
    path: '/two-factor/generate-backup-codes',
    guesses: 'own',
    audit: 'account.newBackupCodes',
  },
  { method: 'GET', path: '/passkey/generate-register-options' },
  { method: 'POST', path: '/passkey/verify-registration', audit: 'account.addPasskey' },
  { method: 'POST', path: '/passkey/update-passkey', audit: 'account.renamePasskey' },
  { method: 'POST', path: '/passkey/delete-passkey', audit: 'account.removePasskey' },
  { method: 'GET', path: '/passkey/generate-authenticate-options' },
  { method: 'POST', path: '/passkey/verify-authentication', audit: 'account.signInByPasskey' },
  { method: 'POST', path: '/sign-in/social', singleSignOn: true },
  { method: 'GET', path: '/callback/sso', singleSignOn: true, audit: 'account.signInByProvider' },
]
