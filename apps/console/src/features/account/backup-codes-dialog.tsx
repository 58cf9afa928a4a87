import { useMutation } from '@tanstack/react-query'
import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Dialog, DialogActions } from '../../components/ui/dialog.tsx'
import { newBackupCodes } from '../../data/security.ts'
import { t } from '../../i18n/i18n.ts'
import { BackupCodes } from './backup-codes.tsx'
import { CurrentPassword } from './current-password.tsx'

/** New backup codes; the old ones are worth nothing then. */
export function BackupCodesDialog({ onClose }: { onClose: () => void }) {
  const renew = useMutation({ mutationFn: newBackupCodes })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('security.newCodes')}
      description={t('security.newCodesText')}
    >
      {renew.data ? (
        <>
          <div className="px-5">
            <BackupCodes codes={renew.data} />
          </div>
          <DialogActions>
            <Button look="solid" onClick={onClose}>
              {t('security.codesKept')}
            </Button>
          </DialogActions>
        </>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            renew.mutate(String(new FormData(event.currentTarget).get('password')))
          }}
        >
          <div className="px-5 pt-3">
            <CurrentPassword autoFocus />
            <ErrorLine error={renew.error} />
          </div>
          <DialogActions>
            <Button look="quiet" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button type="submit" look="solid" busy={renew.isPending}>
              {t('security.makeCodes')}
            </Button>
          </DialogActions>
        </form>
      )}
    </Dialog>
  )
}
