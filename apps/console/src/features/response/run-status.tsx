import { useEffect, useState } from 'react'
import { Spinner } from '../../components/ui/spinner.tsx'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { formatBytes, formatMs } from '../../lib/format.ts'
import type { RunView } from '../../stores/runs.ts'

/** Says `200 OK`, the time and the size; politely, to those who listen too. */
export function RunStatus({ run }: { run: RunView | undefined }) {
  const head = run?.response ?? run?.head
  const hasBegun = Boolean(head) || (run?.lines.length ?? 0) > 0
  const tone = !head ? '' : head.status < 400 ? 'text-ok' : head.status < 500 ? 'text-warn' : 'text-error'
  return (
    <div role="status" aria-label={t('run.status')} className="flex min-w-0 items-center gap-2 tabular-nums">
      {run?.state === 'running' && (
        <>
          <Spinner size={13} />
          <span className="text-muted">{t('run.running')}</span>
          <Elapsed since={run.startedAt} />
        </>
      )}
      {run?.state === 'failed' && (
        <span className="shrink-0 font-medium text-error">
          {t(hasBegun ? 'run.brokenShort' : 'run.failed')}
        </span>
      )}
      {run?.state === 'cancelled' && <span className="text-muted">{t('run.cancelled')}</span>}
      {head && (
        <>
          <span className={cx('shrink-0 font-semibold', tone)}>{head.status}</span>
          <span className={cx('-ml-1 min-w-0 truncate font-semibold @max-[380px]:sr-only', tone)}>
            {head.statusText}
          </span>
          {run?.response && (
            <span className="shrink-0 text-small text-muted">{formatMs(run.response.durationMs)}</span>
          )}
          <Size run={run} />
        </>
      )}
      {!run && <span className="text-small font-medium text-muted">{t('run.response')}</span>}
    </div>
  )
}

/** While it grows it is not announced. */
function Size({ run }: { run: RunView | undefined }) {
  if (!run) return null
  return (
    <span aria-hidden={run.response ? undefined : true} className="shrink-0 text-small text-muted">
      {formatBytes(run.response?.size ?? run.body.size)}
    </span>
  )
}

/** Counts up from one second on, outside of what is announced. */
function Elapsed({ since }: { since: number }) {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 200)
    return () => clearInterval(timer)
  }, [])
  const seconds = (now - since) / 1000
  return (
    <span aria-hidden className="text-small text-subtle">
      {seconds >= 1 ? `${seconds.toFixed(1)} s` : ''}
    </span>
  )
}
