import { Dialog } from '../components/ui/dialog.tsx'
import { t } from '../i18n/i18n.ts'
import { DiffView } from './diff-view.tsx'
import { openFunction } from './models.ts'

/** What a publish would change: live on the left, the draft on the right. */
export function CompareDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const fn = openFunction(name)
  if (!fn?.live) return null
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('compare.title', { name })}
      description={t('compare.text', { revision: String(fn.live.revision) })}
      size="full"
    >
      <div className="mt-3 min-h-0 grow border-t border-line">
        <DiffView
          id="compare"
          original={fn.live.source}
          modified={fn.model.getValue()}
          originalLabel={t('status.live', { revision: String(fn.live.revision) })}
          modifiedLabel={t('compare.draft')}
          readOnly
        />
      </div>
    </Dialog>
  )
}
