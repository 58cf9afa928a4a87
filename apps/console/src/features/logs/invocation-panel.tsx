import type { InvocationDetail, InvocationEntry } from '@lathe/shared'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Link2, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { ErrorView } from '../../components/error-view.tsx'
import { StatusMark } from '../../components/status-mark.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { invocationQuery } from '../../data/logs.ts'
import { t } from '../../i18n/i18n.ts'
import { formatDateTime, formatMs } from '../../lib/format.ts'
import { linkToRequest } from '../../lib/links.ts'
import { LogLines } from '../run/log-lines.tsx'
import type { Place } from '../run/places.ts'
import { Carried } from './carried.tsx'

/** One request: what became of it, and the lines that it wrote. */
export function InvocationPanel({
  appid,
  requestId,
  names,
  onJump,
  onClose,
}: {
  appid: string
  requestId: string
  names: ReadonlySet<string>
  onJump: (place: Place) => void
  onClose: () => void
}) {
  const detail = useQuery({
    ...invocationQuery(appid, requestId),
    // It may still be on its way: its record comes when it has ended.
    refetchInterval: ({ state }) => (state.data && !state.data.invocation ? 2_000 : false),
  })
  return (
    <aside
      aria-label={t('logs.request')}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose()
      }}
      className="flex w-[460px] shrink-0 max-[1200px]:w-[380px] flex-col border-l border-line bg-surface max-wide:absolute max-wide:inset-0 max-wide:z-10 max-wide:w-auto"
    >
      <div className="flex h-12 shrink-0 items-center gap-2 border-b border-line px-4">
        <h2 className="min-w-0 grow truncate text-ui font-medium">
          {detail.data?.invocation ? (
            <span className="font-mono text-small">
              {detail.data.invocation.method} {detail.data.invocation.path}
            </span>
          ) : (
            t('logs.request')
          )}
        </h2>
        <CopyButton
          text={() => linkToRequest(appid, requestId)}
          label={t('logs.copyRequestLink')}
          icon={Link2}
        />
        <IconButton label={t('action.close')} onClick={onClose}>
          <X size={14} aria-hidden />
        </IconButton>
      </div>
      {detail.error && !detail.data ? (
        <ErrorView
          what={t('logs.requestFailed')}
          error={detail.error}
          onRetry={() => void detail.refetch()}
        />
      ) : (
        detail.data && (
          <Detail appid={appid} requestId={requestId} detail={detail.data} names={names} onJump={onJump} />
        )
      )}
    </aside>
  )
}

function Detail({
  appid,
  requestId,
  detail: { invocation, lines, truncated },
  names,
  onJump,
}: {
  appid: string
  requestId: string
  detail: InvocationDetail
  names: ReadonlySet<string>
  onJump: (place: Place) => void
}) {
  return (
    <>
      <dl className="grid shrink-0 grid-cols-[88px_minmax(0,1fr)] gap-y-1 px-4 py-3 text-small [&>dt]:leading-6 [&>dt]:text-muted">
        {invocation ? (
          <Facts appid={appid} invocation={invocation} exists={names.has(invocation.functionName)} />
        ) : (
          <>
            <dt>{t('logs.status')}</dt>
            <Fact>{t('logs.noRecord')}</Fact>
          </>
        )}
        <dt>{t('logs.requestId')}</dt>
        <Fact>
          <span className="truncate font-mono">{requestId}</span>
          <CopyButton text={requestId} label={t('logs.copyRequestId')} small />
        </Fact>
      </dl>
      {invocation && (
        <Carried appid={appid} invocation={invocation} exists={names.has(invocation.functionName)} />
      )}
      <h3 className="flex h-9 shrink-0 items-center border-t border-line px-4 text-small font-medium text-muted">
        {t('logs.linesOfRequest', { n: lines.length })}
        {truncated && <span className="ml-2 text-warn">{t('logs.firstLines')}</span>}
      </h3>
      {lines.length > 0 ? (
        <LogLines lines={lines} names={names} onJump={onJump} />
      ) : (
        <p className="px-4 text-small text-subtle">{t('logs.noLines')}</p>
      )}
    </>
  )
}

function Fact({ children }: { children: ReactNode }) {
  return <dd className="flex min-h-6 min-w-0 items-center gap-2">{children}</dd>
}

function Facts({
  appid,
  invocation,
  exists,
}: {
  appid: string
  invocation: InvocationEntry
  exists: boolean
}) {
  const { status, durationMs, at, functionName, revision, runId, trigger } = invocation
  return (
    <>
      <dt>{t('logs.status')}</dt>
      <Fact>
        <StatusMark status={status} />
      </Fact>
      <dt>{t('logs.duration')}</dt>
      <Fact>
        <span className="tabular-nums">{formatMs(durationMs)}</span>
      </Fact>
      <dt>{t('logs.time')}</dt>
      <Fact>
        <time dateTime={at}>{formatDateTime(at)}</time>
      </Fact>
      <dt>{t('logs.function')}</dt>
      <Fact>
        {exists ? (
          <Link
            to="/apps/$appid/functions/$"
            params={{ appid, _splat: functionName }}
            className="truncate underline decoration-control underline-offset-2 hover:text-accent"
          >
            {functionName}
          </Link>
        ) : (
          <span className="truncate">{functionName}</span>
        )}
        <span className="shrink-0 text-muted">
          {runId !== null && revision === 0 ? t('logs.draft') : t('logs.revision', { n: revision })}
        </span>
      </Fact>
      <dt>{t('logs.trigger')}</dt>
      <Fact>{runId === null ? trigger : t('logs.run')}</Fact>
    </>
  )
}
