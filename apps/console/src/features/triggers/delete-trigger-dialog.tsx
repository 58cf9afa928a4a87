import type { TriggerView } from '@lathe/shared'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { useDeleteTrigger } from '../../data/triggers.ts'
import { t } from '../../i18n/i18n.ts'

export function DeleteTriggerDialog({
  trigger: { appid, id, functionName, cron },
  onClose,
}: {
  trigger: TriggerView
  onClose: () => void
}) {
  const remove = useDeleteTrigger()
  return (
    <ConfirmDialog
      title={t('triggers.deleteTitle')}
      text={t('triggers.deleteText', { name: functionName, cron })}
      confirm={t('triggers.deleteAction')}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate({ appid, id }, { onSuccess: onClose })}
      onClose={onClose}
    />
  )
}
