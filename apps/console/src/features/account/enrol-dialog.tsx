import { useMutation } from '@tanstack/react-query'
import { encode } from 'uqr'
import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { Dialog, DialogActions } from '../../components/ui/dialog.tsx'
import { Field } from '../../components/ui/field.tsx'
import { confirmEnrolment, type Enrolment, enrol } from '../../data/security.ts'
import { t } from '../../i18n/i18n.ts'
import { BackupCodes } from './backup-codes.tsx'
import { CurrentPassword } from './current-password.tsx'

/** Password, then the app's secret and its first code, then the backup codes. */
export function EnrolDialog({ onClose }: { onClose: () => void }) {
  const begin = useMutation({ mutationFn: enrol })
  const confirm = useMutation({ mutationFn: (code: string) => confirmEnrolment(code.replaceAll(' ', '')) })
  const done = confirm.isSuccess
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t(done ? 'security.twoFactorOn' : 'security.twoFactorAdd')}
      description={t(begin.data ? (done ? 'security.keepCodes' : 'security.scan') : 'security.confirmFirst')}
    >
      <form
        className="min-h-0 overflow-y-auto"
        onSubmit={(event) => {
          event.preventDefault()
          const form = new FormData(event.currentTarget)
          if (done) onClose()
          else if (begin.data) confirm.mutate(String(form.get('code')))
          else begin.mutate(String(form.get('password')))
        }}
      >
        <div className="px-5 pt-3">
          {done && begin.data ? (
            <BackupCodes codes={begin.data.backupCodes} />
          ) : begin.data ? (
            <FirstCode enrolment={begin.data} />
          ) : (
            <CurrentPassword autoFocus />
          )}
          <ErrorLine error={begin.data ? confirm.error : begin.error} />
        </div>
        <DialogActions>
          {!done && (
            <Button look="quiet" onClick={onClose}>
              {t('action.cancel')}
            </Button>
          )}
          <Button type="submit" look="solid" busy={begin.isPending || confirm.isPending}>
            {t(done ? 'security.codesKept' : 'security.continue')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

function FirstCode({ enrolment: { totpURI } }: { enrolment: Enrolment }) {
  const secret = new URL(totpURI).searchParams.get('secret') ?? ''
  return (
    <>
      <QrCode text={totpURI} />
      <p className="mt-3 text-small text-muted">{t('security.byHand')}</p>
      <div className="mb-3 flex items-center gap-1 text-small">
        <code className="min-w-0 font-mono break-all text-fg">{secret}</code>
        <CopyButton text={secret} label={t('security.copySecret')} small />
      </div>
      <Field
        label={t('signIn.code')}
        name="code"
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={7}
        required
        autoFocus
      />
    </>
  )
}

/** Black on white in every theme: that is what cameras read. */
function QrCode({ text }: { text: string }) {
  const { data, size } = encode(text, { border: 2 })
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('')
  return (
    <svg
      role="img"
      aria-label={t('security.qr')}
      viewBox={`0 0 ${size} ${size}`}
      className="mx-auto size-44 rounded-control"
      style={{ backgroundColor: '#fff' }}
      shapeRendering="crispEdges"
    >
      <path d={path} fill="#000" />
    </svg>
  )
}
