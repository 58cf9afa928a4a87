import type { DependencyView } from '@lathe/shared'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { useRemoveDependencies } from '../../data/dependencies.ts'
import { t } from '../../i18n/i18n.ts'

/** Warns when functions import the package: they would fail to load. */
export function RemoveDialog({
  appid,
  dependency: { name, usedBy },
  onClose,
}: {
  appid: string
  dependency: DependencyView
  onClose: () => void
}) {
  const remove = useRemoveDependencies()
  const used = usedBy.length > 0
  return (
    <ConfirmDialog
      title={t('deps.removeTitle', { name })}
      text={used ? t('deps.removeUsed', { functions: usedBy.join(', ') }) : t('deps.removeText')}
      confirm={used ? t('deps.removeAnyway') : t('deps.removeAction')}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate({ appid, names: [name], force: used }, { onSuccess: onClose })}
      onClose={onClose}
    />
  )
}
