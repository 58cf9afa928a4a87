import type { RunResponse } from '@lathe/shared'
import { CircleSlash, TriangleAlert } from 'lucide-react'
import { useEffect, useState } from 'react'
import { RequestId } from '../../components/error-view.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { Spinner } from '../../components/ui/spinner.tsx'
import { Segments } from '../../components/ui/tabs.tsx'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { formatBytes, formatMs } from '../../lib/format.ts'
import type { RunView } from '../../stores/runs.ts'
import { JsonText } from './json-text.tsx'

/** The newest run's answer: status, time and size, and the body in the view one likes. */
export function ResponseView({ run }: { run: RunView | undefined }) {
  const [view, setView] = useState('pretty')
  return (
    <section aria-label={t('run.response')} className="flex min-h-0 grow flex-col border-t border-line">
      <div className="flex h-10 shrink-0 items-center gap-3 pr-2 pl-3">
        <RunStatus run={run} />
        <div className="grow" />
        {run?.response && (
          <>
            <Segments
              label={t('run.view')}
              value={view}
              onChange={setView}
              items={[
                { value: 'pretty', label: t('run.pretty') },
                { value: 'raw', label: t('run.raw') },
                { value: 'headers', label: t('run.headersView'), name: t('run.responseHeaders') },
              ]}
            />
            <CopyButton text={run.response.body} label={t('run.copyBody')} />
          </>
        )}
      </div>
      <div
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
        tabIndex={0}
        className="min-h-0 grow overflow-auto px-3 pb-3 -outline-offset-2"
      >
        {!run && <Hint />}
        {run?.failure && <Failure message={run.failure.message} />}
        {run?.state === 'cancelled' && (
          <p className="flex items-center gap-2 text-muted">
            <CircleSlash size={14} aria-hidden /> {t('run.cancelled')}
          </p>
        )}
        {run?.response && <Answer response={run.response} view={view} />}
      </div>
    </section>
  )
}

function Hint() {
  return <p className="pt-1 text-small text-subtle">{t('run.hint')}</p>
}

function Failure({ message }: { message: string }) {
  return (
    <p
      role="alert"
      className="flex gap-2 rounded-control bg-error-tint p-3 text-small whitespace-pre-wrap text-error"
    >
      <TriangleAlert size={14} aria-hidden className="mt-px shrink-0" /> {message}
    </p>
  )
}

/** Says `200 OK`, the time and the size; politely, to those who listen too. */
function RunStatus({ run }: { run: RunView | undefined }) {
  const { response } = run ?? {}
  const tone = !response
    ? ''
    : response.status < 400
      ? 'text-ok'
      : response.status < 500
        ? 'text-warn'
        : 'text-error'
  return (
    <div role="status" aria-label={t('run.status')} className="flex min-w-0 items-center gap-2 tabular-nums">
      {run?.state === 'running' && (
        <>
          <Spinner size={13} />
          <span className="text-muted">{t('run.running')}</span>
          <Elapsed since={run.startedAt} />
        </>
      )}
      {run?.state === 'failed' && <span className="font-medium text-error">{t('run.failed')}</span>}
      {run?.state === 'cancelled' && <span className="text-muted">{t('run.cancelled')}</span>}
      {response && (
        <>
          <span className={cx('shrink-0 font-semibold', tone)}>{response.status}</span>
          <span className={cx('-ml-1 min-w-0 truncate font-semibold @max-[380px]:sr-only', tone)}>
            {response.statusText}
          </span>
          <span className="shrink-0 text-small text-muted">{formatMs(response.durationMs)}</span>
          <span className="shrink-0 text-small text-muted">{formatBytes(response.size)}</span>
        </>
      )}
      {!run && <span className="text-small font-medium text-muted">{t('run.response')}</span>}
    </div>
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

function Answer({ response, view }: { response: RunResponse; view: string }) {
  if (view === 'headers') {
    return (
      <dl className="grid grid-cols-[minmax(100px,auto)_1fr] gap-x-4 gap-y-1 font-mono text-small">
        {response.headers.map(([name, value], index) => (
          <div key={index} className="contents">
            <dt className="text-muted">{name}</dt>
            <dd className="break-all">{value}</dd>
          </div>
        ))}
        <div className="col-span-2 pt-2 font-sans">
          <RequestId id={response.requestId} />
        </div>
      </dl>
    )
  }
  const note = response.truncated && (
    <p className="mb-2 text-small text-warn">{t('run.truncated', { size: formatBytes(response.size) })}</p>
  )
  if (response.bodyEncoding === 'base64') {
    return (
      <>
        {note}
        <p className="text-small text-muted">{t('run.binary', { size: formatBytes(response.size) })}</p>
        {view === 'raw' && (
          <pre className="mt-2 font-mono text-small break-all whitespace-pre-wrap">{response.body}</pre>
        )}
      </>
    )
  }
  if (response.body === '') return <p className="text-small text-subtle">{t('run.emptyBody')}</p>
  return (
    <>
      {note}
      {view === 'pretty' ? (
        <JsonText text={response.body} />
      ) : (
        <pre className="font-mono text-small break-words whitespace-pre-wrap">{response.body}</pre>
      )}
    </>
  )
}
