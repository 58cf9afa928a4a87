import { inputLook } from '../../components/ui/field.tsx'
import { Mark } from '../../components/ui/mark.tsx'
import { TabBody, TabList, Tabs } from '../../components/ui/tabs.tsx'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { changeRequest } from '../../stores/requests.ts'
import { AuthTab } from './auth-tab.tsx'
import { BodyTab } from './body-tab.tsx'
import { headerNames, headerValues } from './header-names.ts'
import { Pairs } from './pairs.tsx'
import { formatQuery, parseQuery } from './query-pairs.ts'
import { hasBody, type PanelRequest } from './request.ts'

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
            mark: hasBody(request) ? <Dot /> : null,
          },
          { value: 'auth', label: t('run.auth'), mark: request.auth === 'none' ? null : <Dot /> },
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
            valuesOf={headerValues}
            switches
            onChange={(headers) => set({ headers })}
          />
        </TabBody>
        <TabBody value="body" className="flex h-full flex-col gap-2">
          <BodyTab request={request} set={set} />
        </TabBody>
        <TabBody value="auth" className="flex h-full flex-col gap-2">
          <AuthTab request={request} set={set} />
        </TabBody>
      </div>
    </Tabs>
  )
}

function Dot() {
  return <span aria-hidden className="size-1.5 rounded-full bg-accent" />
}
