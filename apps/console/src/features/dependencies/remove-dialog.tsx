import type { DependencyView } from '@lathe/shared'
import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Dialog, DialogActions } from '../../components/ui/dialog.tsx'
import { useRemoveDependencies } from '../../data/dependencies.ts'
import { t } from '../../i18n/i18n.ts'

/** Warns when functions import the package: they would fail to load. */
export function RemoveDialog({
  appid,
  dependency,
  onClose,
}: {
  appid: string
  dependency: DependencyView | null
  onClose: () => void
}) {
  const remove = useRemoveDependencies()
  const used = (dependency?.usedBy.length ?? 0) > 0
  return (
    <Dialog
      open={dependency !== null}
      onOpenChange={(open) => !open && onClose()}
      title={t('deps.removeTitle', { name: dependency?.name ?? '' })}
      description={
        used ? t('deps.removeUsed', { functions: dependency?.usedBy.join(', ') ?? '' }) : t('deps.removeText')
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
            dependency &&
            remove.mutate({ appid, names: [dependency.name], force: used }, { onSuccess: onClose })
          }
        >
          {used ? t('deps.removeAnyway') : t('deps.removeAction')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
