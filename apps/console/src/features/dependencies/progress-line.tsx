import type { DependencyProgress } from '@lathe/shared'
import { Check, CircleAlert } from 'lucide-react'
import { Button } from '../../components/ui/button.tsx'
import { Spinner } from '../../components/ui/spinner.tsx'
import { useCancelChange, useDependencyProgress } from '../../data/dependencies.ts'
import { t } from '../../i18n/i18n.ts'
import { formatBytes, formatMs } from '../../lib/format.ts'

/** Where the change of the packages stands, whoever has begun it. */
export function ProgressLine({ appid }: { appid: string }) {
  const progress = useDependencyProgress(appid)
  const cancel = useCancelChange()
  const isRunning = progress.type !== 'idle' && progress.type !== 'done' && progress.type !== 'failed'
  const share = shareOf(progress)
  return (
    <div className="my-3 flex min-h-8 items-center gap-3 text-small">
      <div
        role="status"
        aria-label={t('deps.status')}
        className="flex min-w-0 items-center gap-1.5 text-muted"
      >
        {isRunning && <Spinner />}
        {progress.type === 'done' && <Check size={14} aria-hidden className="shrink-0 text-ok" />}
        {progress.type === 'failed' && <CircleAlert size={14} aria-hidden className="shrink-0 text-error" />}
        <span className={progress.type === 'failed' ? 'text-error' : ''}>{textOf(progress)}</span>
      </div>
      {share !== null && (
        <progress
          max={1}
          value={share}
          aria-label={t('deps.status')}
          className="h-1 w-40 appearance-none overflow-hidden rounded-full bg-raised accent-solid"
        />
      )}
      {isRunning && (
        <Button
          size="xs"
          busy={cancel.isPending}
          onClick={() => cancel.mutate({ appid, changeId: progress.changeId })}
        >
          {t('action.cancel')}
        </Button>
      )}
    </div>
  )
}

function shareOf(progress: DependencyProgress): number | null {
  if (progress.type !== 'fetching' && progress.type !== 'linking') return null
  return progress.total === 0 ? null : progress.done / progress.total
}

export function textOf(progress: DependencyProgress): string {
  switch (progress.type) {
    case 'idle':
      return ''
    case 'queued':
      return t('deps.queued', { position: progress.position })
    case 'resolving':
      return t('deps.resolving', { count: progress.resolved })
    case 'fetching':
      return t('deps.fetching', {
        done: progress.done,
        total: progress.total,
        bytes: formatBytes(progress.bytes),
      })
    case 'linking':
      return t('deps.linking', { done: progress.done, total: progress.total })
    case 'replacing':
      return t('deps.replacing')
    case 'failed':
      return progress.message
    case 'done': {
      const took = formatMs(progress.inMs)
      return progress.replaced ? t('deps.doneReplaced', { took }) : t('deps.done', { took })
    }
  }
}
