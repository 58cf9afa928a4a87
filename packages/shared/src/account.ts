import { z } from 'zod'
import { emailSchema, passwordSchema } from './teams.ts'

const secret = z.string().min(1).max(128)
/** What a person types as his password: not checked for its form, since it may be wrong anyhow. */
const typedPassword = z.string().max(128)

/** Inputs of `account.*` and `sessions.*`. */
export const accountInputs = {
  changePassword: z.object({ currentPassword: typedPassword, newPassword: passwordSchema }),
  changeEmail: z.object({ newEmail: emailSchema, password: typedPassword }),
  confirmEmail: z.object({ token: secret }),
  requestReset: z.object({ email: emailSchema }),
  resetPassword: z.object({ token: secret, newPassword: passwordSchema }),
  session: z.object({ id: z.string().min(1).max(64) }),
} as const

/** What the sign-in page offers beside a password. */
export interface SignInOptions {
  /** Whether a link to reset the password can be mailed. */
  mail: boolean
  /** What the identity provider of the settings is called; null = there is none. */
  singleSignOn: string | null
}

/** How one's account is secured. */
export interface SecurityView {
  email: string
  /** Whether it is known that the mailbox is his. */
  emailVerified: boolean
  /** False where one signs in by the identity provider or a passkey alone. */
  hasPassword: boolean
  twoFactor: boolean
  passkeys: PasskeyView[]
  /** Whether this Lathe can send e-mail. */
  mail: boolean
}

export interface PasskeyView {
  id: string
  name: string
  createdAt: string
}

/** A browser that is signed in. */
export interface SessionView {
  id: string
  /** Whether it is the one that asks. */
  current: boolean
  /** The browser's `User-Agent`; empty where it is not known. */
  userAgent: string
  address: string
  createdAt: string
  /** To ten minutes. */
  lastSeenAt: string
}
