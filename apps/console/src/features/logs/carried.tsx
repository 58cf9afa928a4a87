import type { InvocationEntry, RecordedRequest } from '@lathe/shared'
import { REDACTED } from '@lathe/shared/redact'
import { methodSchema } from '@lathe/shared/run-request'
import { useNavigate } from '@tanstack/react-router'
import { SquareArrowOutUpRight } from 'lucide-react'
import { Button } from '../../components/ui/button.tsx'
import { t } from '../../i18n/i18n.ts'
import { formatBytes } from '../../lib/format.ts'
import { changeRequest } from '../../stores/requests.ts'
import { runKey } from '../run/execute.ts'
import { emptyRequest, fromRunRequest, type PanelRequest } from '../run/request.ts'

/** What a request carried, as far as it was recorded, and the way to send it once more. */
export function Carried({
  appid,
  invocation,
  exists,
}: {
  appid: string
  invocation: InvocationEntry
  exists: boolean
}) {
  const { request } = invocation
  return (
    <>
      {exists && <OpenInPanel appid={appid} invocation={invocation} />}
      {request && <Parts request={request} />}
    </>
  )
}

function OpenInPanel({ appid, invocation }: { appid: string; invocation: InvocationEntry }) {
  const navigate = useNavigate()
  const { functionName } = invocation
  const request = panelRequest(invocation)
  if (!request) return null
  return (
    <div className="flex shrink-0 items-center gap-3 px-4 pb-3">
      <Button
        icon={<SquareArrowOutUpRight size={13} aria-hidden />}
        onClick={() => {
          changeRequest(runKey(appid, functionName), request)
          void navigate({ to: '/apps/$appid/functions/$', params: { appid, _splat: functionName } })
        }}
      >
        {t('logs.openInPanel')}
      </Button>
      <p className="text-small text-subtle">{note(invocation)}</p>
    </div>
  )
}

/** The request in the panel's parts; null when the panel does not send its method. */
function panelRequest({ functionName, path, request, ...rest }: InvocationEntry): PanelRequest | null {
  const method = methodSchema.safeParse(rest.method)
  if (!method.success) return null
  const below = path.startsWith(`/${functionName}/`) ? path.slice(functionName.length + 1) : ''
  if (!request) return { ...emptyRequest, method: method.data, path: below }
  const { query, headers, body, bodyEncoding } = request
  const opened = fromRunRequest({ method: method.data, path: below, query, headers, body, bodyEncoding })
  return {
    ...opened,
    // Its value is not known: whoever has it writes it there.
    headers: opened.headers.map((row) => (row.value === REDACTED ? { ...row, on: false } : row)),
  }
}

function note({ request }: InvocationEntry): string {
  if (!request) return t('logs.openInPanelNote')
  if (request.body !== null || request.bodyBytes === 0) return t('logs.openInPanelSame')
  return request.bodyBytes === null
    ? t('logs.openInPanelStreamed')
    : t('logs.openInPanelLarge', { size: formatBytes(request.bodyBytes) })
}

function Parts({ request: { query, headers, body, bodyEncoding } }: { request: RecordedRequest }) {
  return (
    <details className="shrink-0 border-t border-line px-4 py-2 text-small">
      <summary className="h-6 cursor-default font-medium text-muted">{t('logs.carried')}</summary>
      <dl className="mt-1 grid max-h-64 grid-cols-[minmax(0,2fr)_minmax(0,3fr)] gap-x-3 overflow-y-auto font-mono leading-5 [&>dd]:break-all [&>dt]:truncate [&>dt]:text-muted">
        {query && (
          <>
            <dt>{t('logs.query')}</dt>
            <dd>{query}</dd>
          </>
        )}
        {Object.entries(headers).map(([name, value]) => (
          <Header key={name} name={name} value={value} />
        ))}
      </dl>
      {body !== null && (
        <section
          aria-label={t('logs.body')}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
          tabIndex={0}
          className="mt-2 max-h-64 overflow-auto rounded-control border border-line bg-bg p-2"
        >
          <pre className="font-mono break-all whitespace-pre-wrap">
            {bodyEncoding === 'base64' ? t('logs.bytes', { base64: body }) : body}
          </pre>
        </section>
      )}
    </details>
  )
}

function Header({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt title={name}>{name}</dt>
      <dd className={value === REDACTED ? 'text-subtle' : undefined}>{value}</dd>
    </>
  )
}
