import { authCall } from './auth-call.ts'
import { queryClient, trpc } from './trpc.ts'

export const securityQuery = () => trpc.account.security.queryOptions()
export const sessionsQuery = () => trpc.sessions.list.queryOptions()

/** After anything that changed how the account is secured; some of it begins a new session. */
export async function refreshSecurity(): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries(trpc.account.security.queryFilter()),
    queryClient.invalidateQueries(trpc.sessions.list.queryFilter()),
  ])
}

export interface Enrolment {
  /** For the authenticator app: `otpauth://totp/...` */
  totpURI: string
  backupCodes: string[]
}

/** Makes a secret for an authenticator app. It is not asked for until its first code was right. */
export function enrol(password: string): Promise<Enrolment> {
  return authCall<Enrolment>('/two-factor/enable', { password })
}

export async function confirmEnrolment(code: string): Promise<void> {
  await authCall('/two-factor/verify-totp', { code })
  await refreshSecurity()
}

export async function removeSecondFactor(password: string): Promise<void> {
  await authCall('/two-factor/disable', { password })
  await refreshSecurity()
}

export async function newBackupCodes(password: string): Promise<string[]> {
  const { backupCodes } = await authCall<{ backupCodes: string[] }>('/two-factor/generate-backup-codes', {
    password,
  })
  return backupCodes
}
