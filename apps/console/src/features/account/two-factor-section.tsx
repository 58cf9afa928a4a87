import type { SecurityView } from '@lathe/shared'
import { useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { t } from '../../i18n/i18n.ts'
import { Section } from '../settings/section.tsx'
import { BackupCodesDialog } from './backup-codes-dialog.tsx'
import { EnrolDialog } from './enrol-dialog.tsx'
import { RemoveFactorDialog } from './remove-factor-dialog.tsx'

type Open = 'enrol' | 'codes' | 'remove'

/** A second factor: codes of an authenticator app, asked for after the password. */
export function TwoFactorSection({ security }: { security: SecurityView }) {
  const [open, setOpen] = useState<Open | null>(null)
  const close = () => setOpen(null)
  return (
    <Section title={t('security.twoFactor')} text={t('security.twoFactorText')}>
      <p className="mb-3" role="status">
        {t(security.twoFactor ? 'security.twoFactorOn' : 'security.twoFactorOff')}
      </p>
      <div className="flex flex-wrap gap-2">
        {security.twoFactor ? (
          <>
            <Button onClick={() => setOpen('codes')}>{t('security.newCodes')}</Button>
            <Button look="danger" onClick={() => setOpen('remove')}>
              {t('security.twoFactorRemove')}
            </Button>
          </>
        ) : (
          <Button disabled={!security.hasPassword} onClick={() => setOpen('enrol')}>
            {t('security.twoFactorAdd')}
          </Button>
        )}
      </div>
      {open === 'enrol' && <EnrolDialog onClose={close} />}
      {open === 'codes' && <BackupCodesDialog onClose={close} />}
      {open === 'remove' && <RemoveFactorDialog onClose={close} />}
    </Section>
  )
}
