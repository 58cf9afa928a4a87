import { Button } from '../../components/ui/button.tsx'
import { controlLook, inputLook } from '../../components/ui/field.tsx'
import { Mark } from '../../components/ui/mark.tsx'
import { Segments, TabBody, TabList, Tabs } from '../../components/ui/tabs.tsx'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { changeRequest } from '../../stores/requests.ts'
import { Pairs } from './pairs.tsx'
import { formatQuery, jsonProblem, type PanelRequest, parseQuery, takesBody } from './request.ts'

const headerNames = [
  'accept',
  'accept-language',
  'authorization',
  'cache-control',
  'content-type',
  'cookie',
  'if-none-match',
  'origin',
  'user-agent',
  'x-forwarded-for',
  'x-request-id',
]

/** The request's parts but its first line: query, headers, body, credentials. */
export function RequestTabs({ requestKey, request }: { requestKey: string; request: PanelRequest }) {
  const set = (change: Partial<PanelRequest>) => changeRequest(requestKey, change)
  const count = (n: number) =>
    n > 0 ? (
      <Mark text={n} className="rounded-full bg-raised px-1.5 text-label text-muted tabular-nums" />
    ) : null
  const params = parseQuery(request.query)
  return (
    <Tabs defaultValue="params" className="flex shrink-0 flex-col">
      <TabList
        label={t('run.request')}
        className="mt-1 border-b border-line px-1"
        items={[
          { value: 'params', label: t('run.params'), mark: count(params.length) },
          {
            value: 'headers',
            label: t('run.headers'),
            mark: count(request.headers.filter((h) => h.on && h.name).length),
          },
          {
            value: 'body',
            label: t('run.body'),
            mark: request.body && takesBody(request.method) ? <Dot /> : null,
          },
          { value: 'auth', label: t('run.auth'), mark: request.bearer ? <Dot /> : null },
        ]}
      />
      <div className="h-[172px] overflow-y-auto p-3">
        <TabBody value="params" className="flex flex-col gap-2">
          <input
            aria-label={t('run.query')}
            value={request.query}
            placeholder="name=Ada&page=2"
            spellCheck={false}
            autoComplete="off"
            onChange={(e) => set({ query: e.target.value })}
            className={cx(inputLook, 'font-mono text-small')}
          />
          <Pairs
            label={t('run.params')}
            pairs={params}
            onChange={(pairs) => set({ query: formatQuery(pairs) })}
          />
        </TabBody>
        <TabBody value="headers">
          <Pairs
            label={t('run.headers')}
            pairs={request.headers}
            suggestions={headerNames}
            switches
            onChange={(headers) => set({ headers })}
          />
        </TabBody>
        <TabBody value="body" className="flex h-full flex-col gap-2">
          <Body request={request} set={set} />
        </TabBody>
        <TabBody value="auth" className="flex flex-col gap-1">
          <label className="flex flex-col gap-1 text-small font-medium text-muted">
            {t('run.bearer')}
            <input
              value={request.bearer}
              spellCheck={false}
              autoComplete="off"
              onChange={(e) => set({ bearer: e.target.value })}
              className={cx(inputLook, 'font-mono text-small font-normal')}
            />
          </label>
          <p className="text-small text-subtle">{t('run.bearerHint')}</p>
        </TabBody>
      </div>
    </Tabs>
  )
}

function Body({ request, set }: { request: PanelRequest; set: (change: Partial<PanelRequest>) => void }) {
  const problem = request.bodyKind === 'json' ? jsonProblem(request.body) : null
  const format = () => set({ body: JSON.stringify(JSON.parse(request.body), null, 2) })
  return (
    <>
      <div className="flex items-center gap-2">
        <Segments
          label={t('run.bodyKind')}
          value={request.bodyKind}
          onChange={(bodyKind) => set({ bodyKind: bodyKind as PanelRequest['bodyKind'] })}
          items={[
            { value: 'json', label: 'JSON' },
            { value: 'form', label: t('run.bodyForm') },
            { value: 'text', label: t('run.bodyText') },
          ]}
        />
        <div className="grow" />
        {request.bodyKind === 'json' && (
          <Button look="quiet" size="s" disabled={!request.body.trim() || problem !== null} onClick={format}>
            {t('run.format')}
          </Button>
        )}
      </div>
      <textarea
        aria-label={t('run.body')}
        aria-invalid={problem ? true : undefined}
        aria-describedby="body-note"
        value={request.body}
        spellCheck={false}
        placeholder={
          request.bodyKind === 'json'
            ? '{ "name": "Ada" }'
            : request.bodyKind === 'form'
              ? 'name=Ada&page=2'
              : ''
        }
        onChange={(e) => set({ body: e.target.value })}
        className={cx(controlLook, 'min-h-0 w-full grow resize-none py-1.5 font-mono text-small')}
      />
      <p
        id="body-note"
        aria-live="polite"
        className={cx('h-4 truncate text-small', problem ? 'text-error' : 'text-subtle')}
      >
        {problem ?? (takesBody(request.method) ? '' : t('run.noBody', { method: request.method }))}
      </p>
    </>
  )
}

function Dot() {
  return <span aria-hidden className="size-1.5 rounded-full bg-accent" />
}
