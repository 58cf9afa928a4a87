import { useQuery } from '@tanstack/react-query'
import { ErrorLine } from '../../components/error-view.tsx'
import { securityQuery } from '../../data/security.ts'
import { EmailSection } from './email-section.tsx'
import { PasskeysSection } from './passkeys-section.tsx'
import { PasswordSection } from './password-section.tsx'
import { SessionsSection } from './sessions-section.tsx'
import { TwoFactorSection } from './two-factor-section.tsx'

/** How one signs in, and where one is signed in. */
export function Security() {
  const security = useQuery(securityQuery())
  if (!security.data) return <ErrorLine error={security.error} />
  return (
    <>
      <EmailSection security={security.data} />
      <PasswordSection security={security.data} />
      <TwoFactorSection security={security.data} />
      <PasskeysSection security={security.data} />
      <SessionsSection />
    </>
  )
}
