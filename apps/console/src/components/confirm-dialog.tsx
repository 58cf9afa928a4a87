import type { ReactNode } from 'react'
import { t } from '../i18n/i18n.ts'
import { ErrorLine } from './error-view.tsx'
import { Button } from './ui/button.tsx'
import { Dialog, DialogActions } from './ui/dialog.tsx'

/** Asks before something that cannot be undone, and says how it ended where it fails. */
export function ConfirmDialog({
  title,
  text,
  confirm,
  busy,
  disabled,
  error,
  onConfirm,
  onClose,
  children,
}: {
  title: string
  text: ReactNode
  /** What the button says. */
  confirm: string
  busy: boolean
  /** Whether something is still to be filled in. */
  disabled?: boolean
  error: unknown
  onConfirm: () => void
  onClose: () => void
  children?: ReactNode
}) {
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={title} description={text}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (!disabled) onConfirm()
        }}
      >
        <div className="px-5 pt-2">
          {children}
          <ErrorLine error={error} />
        </div>
        <DialogActions>
          <Button look="quiet" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" look="danger-solid" busy={busy} {...(disabled ? { disabled } : {})}>
            {confirm}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
