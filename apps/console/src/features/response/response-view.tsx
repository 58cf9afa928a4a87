import { CircleSlash, Download, Link2, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { RequestId } from '../../components/error-view.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Segments } from '../../components/ui/segments.tsx'
import { t } from '../../i18n/i18n.ts'
import { formatBytes } from '../../lib/format.ts'
import { linkToRequest } from '../../lib/links.ts'
import type { ResponseHead, RunView } from '../../stores/runs.ts'
import { BodyView } from './body-view.tsx'
import { Findable } from './findable.tsx'
import { marked } from './marked.tsx'
import { contentType, fileNameOf } from './response-bytes.ts'
import { RunStatus } from './run-status.tsx'
import { TimingView } from './timing-view.tsx'

type View = 'pretty' | 'preview' | 'raw' | 'headers' | 'time'

/** The newest run's answer: status, time and size, and the body in the view one likes. */
export function ResponseView({
  appid,
  name,
  run,
}: {
  appid: string
  name: string
  run: RunView | undefined
}) {
  const [chosen, setView] = useState<View>('pretty')
  const head = run?.response ?? run?.head
  const views: View[] = [
    'pretty',
    ...(head && isPage(head) ? ['preview' as const] : []),
    'raw',
    'headers',
    ...(run?.timing ? ['time' as const] : []),
  ]
  const view = views.includes(chosen) ? chosen : 'pretty'
  const labels: Record<View, string> = {
    pretty: t('run.pretty'),
    preview: t('run.preview'),
    raw: t('run.raw'),
    headers: t('run.headersView'),
    time: t('run.time'),
  }
  return (
    <section aria-label={t('run.response')} className="flex min-h-0 grow flex-col border-t border-line">
      <div className="flex min-h-10 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 py-1.5 pr-2 pl-3">
        <RunStatus run={run} />
        <div className="grow" />
        {run && head && (
          <div className="flex items-center gap-1">
            <Segments
              label={t('run.view')}
              value={view}
              onChange={(next) => setView(next as View)}
              items={views.map((one) => ({
                value: one,
                label: labels[one],
                ...(one === 'headers' ? { name: t('run.responseHeaders') } : {}),
              }))}
            />
            {run.response && (
              <CopyButton
                text={() => linkToRequest(appid, head.requestId)}
                label={t('run.copyLink')}
                icon={Link2}
              />
            )}
            {run.response?.body && <CopyButton text={run.response.body} label={t('run.copyBody')} />}
            {run.state !== 'running' && run.body.size > 0 && <Save head={head} run={run} name={name} />}
          </div>
        )}
      </div>
      {run && head ? <Answer head={head} run={run} view={view} /> : <NoAnswer run={run} />}
    </section>
  )
}

function isPage({ headers }: ResponseHead): boolean {
  return ['text/html', 'application/xhtml+xml', 'image/svg+xml'].includes(contentType(headers))
}

function Save({ head, run, name }: { head: ResponseHead; run: RunView; name: string }) {
  const save = () => {
    const url = URL.createObjectURL(new Blob(run.body.parts, { type: contentType(head.headers) }))
    const link = document.createElement('a')
    link.href = url
    link.download = fileNameOf(head, name)
    link.click()
    URL.revokeObjectURL(url)
  }
  return (
    <IconButton label={t('run.download')} onClick={save}>
      <Download size={14} aria-hidden />
    </IconButton>
  )
}

function NoAnswer({ run }: { run: RunView | undefined }) {
  return (
    <div
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
      tabIndex={0}
      className="min-h-0 grow overflow-auto px-3 pb-3 -outline-offset-2"
    >
      {!run && <p className="pt-1 text-small text-subtle">{t('run.hint')}</p>}
      {run?.failure && <Failed message={run.failure.message} />}
      {run?.state === 'cancelled' && <Cancelled />}
    </div>
  )
}

function Failed({ message }: { message: string }) {
  return (
    <p
      role="alert"
      className="flex gap-2 rounded-control bg-error-tint p-3 text-small whitespace-pre-wrap text-error"
    >
      <TriangleAlert size={14} aria-hidden className="mt-px shrink-0" /> {message}
    </p>
  )
}

function Cancelled() {
  return (
    <p className="flex items-center gap-2 text-muted">
      <CircleSlash size={14} aria-hidden /> {t('run.cancelled')}
    </p>
  )
}

function Answer({ head, run, view }: { head: ResponseHead; run: RunView; view: View }) {
  const { body, response, state, timing, failure } = run
  if (view === 'headers') return <Headers head={head} />
  if (view === 'time') return <div className="overflow-auto">{timing && <TimingView timing={timing} />}</div>
  const isOver = state !== 'running'
  return (
    <>
      {state === 'cancelled' && (
        <div className="px-3 pb-2">
          <Cancelled />
        </div>
      )}
      {failure && (
        <div className="px-3 pb-2">
          <Failed message={failure.message} />
        </div>
      )}
      {response?.truncated && (
        <p className="px-3 pb-2 text-small text-warn">
          {t('run.truncated', { size: formatBytes(body.size) })}
        </p>
      )}
      {body.size === 0 ? (
        isOver && !failure && <p className="px-3 text-small text-subtle">{t('run.emptyBody')}</p>
      ) : (
        <BodyView
          key={run.id}
          head={head}
          body={body}
          isWhole={isOver}
          isCut={response?.truncated ?? true}
          view={view}
        />
      )}
    </>
  )
}

function Headers({ head }: { head: ResponseHead }) {
  return (
    <Findable text={head.headers.flat().join('\n')}>
      {(query) => (
        <>
          <dl className="grid grid-cols-[minmax(100px,auto)_1fr] gap-x-4 gap-y-1">
            {head.headers.map(([name, value], index) => (
              <div key={index} className="contents">
                <dt className="text-muted">{marked(name, query)}</dt>
                <dd className="break-all">{marked(value, query)}</dd>
              </div>
            ))}
          </dl>
          <div className="pt-2">
            <RequestId id={head.requestId} />
          </div>
        </>
      )}
    </Findable>
  )
}
