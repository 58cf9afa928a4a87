import type { TriggerView } from '@lathe/shared'
import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Dialog, DialogActions } from '../../components/ui/dialog.tsx'
import { useDeleteTrigger } from '../../data/triggers.ts'
import { t } from '../../i18n/i18n.ts'

export function DeleteTriggerDialog({
  trigger,
  onClose,
}: {
  trigger: TriggerView | null
  onClose: () => void
}) {
  const remove = useDeleteTrigger()
  return (
    <Dialog
      open={trigger !== null}
      onOpenChange={(open) => !open && onClose()}
      title={t('triggers.deleteTitle')}
      description={
        trigger ? t('triggers.deleteText', { name: trigger.functionName, cron: trigger.cron }) : undefined
      }
    >
      <div className="px-5 pt-2">
        <ErrorLine error={remove.error} />
      </div>
      <DialogActions>
        <Button look="quiet" onClick={onClose}>
          {t('action.cancel')}
        </Button>
        <Button
          look="danger-solid"
          busy={remove.isPending}
          onClick={() =>
            trigger && remove.mutate({ appid: trigger.appid, id: trigger.id }, { onSuccess: onClose })
          }
        >
          {t('triggers.deleteAction')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
