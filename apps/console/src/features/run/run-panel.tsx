import { type AppView, methodSchema } from '@lathe/shared'
import { useQuery } from '@tanstack/react-query'
import { BookmarkPlus, MoreHorizontal, Play, Square } from 'lucide-react'
import { runCommand, useCommand } from '../../commands/registry.ts'
import { keysOf } from '../../commands/table.ts'
import { Button } from '../../components/ui/button.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { controlLook } from '../../components/ui/field.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Menu } from '../../components/ui/menu.tsx'
import { Select } from '../../components/ui/select.tsx'
import { appQuery, useStartApp } from '../../data/apps.ts'
import { functionQuery } from '../../data/functions.ts'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { useCopy } from '../../lib/use-copy.ts'
import { changeRequest, useRequests } from '../../stores/requests.ts'
import { useRuns } from '../../stores/runs.ts'
import { DebugButton, MeasureToggles, runDraft } from '../debug/debug-buttons.tsx'
import { ResponseView } from '../response/response-view.tsx'
import { useRecordCase } from '../tests/use-record-case.ts'
import { parseCurl } from './curl.ts'
import { cancelRun, runKey, startRun } from './execute.ts'
import { HistoryButton } from './history-dialog.tsx'
import { emptyRequest } from './request.ts'
import { RequestTabs } from './request-tabs.tsx'
import { Unresolved, VariableChoice } from './variable-choice.tsx'
import { toCurl, toFetch } from './written.ts'

/** Where a function is tried: the request above, its answer below. */
export function RunPanel({ appid, name }: { appid: string; name: string }) {
  const key = runKey(appid, name)
  const request = useRequests((s) => s.byFunction[key]) ?? emptyRequest
  const run = useRuns((s) => s.byFunction[key])
  const fn = useQuery(functionQuery(appid, name))
  const app = useQuery(appQuery(appid))
  const running = run?.state === 'running'
  const url = fn.data?.url ?? ''
  const neverLive = fn.data?.liveRevision === 0
  const { copy } = useCopy()
  useCommand('run.draft', () => void runDraft(appid, name))
  useCommand('run.live', () => void startRun(appid, name, 'live'), !neverLive)
  useCommand('run.cancel', () => cancelRun(appid, name), running)
  useCommand('function.copyUrl', () => copy(url), url !== '')
  const runKeys = keysOf('run.draft')
  /** @returns whether the text is a curl command; then the panel has its request */
  const takeCurl = (text: string): boolean => {
    const found = parseCurl(text, name)
    if (found) changeRequest(key, found)
    return found !== null
  }
  const saveCase = useRecordCase(appid, name, run)

  return (
    <aside aria-label={t('run.panel')} className="@container flex h-full flex-col bg-surface">
      <form
        className="flex flex-col gap-2 p-3 pb-0"
        onSubmit={(event) => {
          event.preventDefault()
          runCommand('run.draft')
        }}
      >
        <div className="flex h-6 items-center gap-1">
          <span className="min-w-0 grow truncate font-mono text-small text-muted" title={url}>
            {url.replace(/^https?:\/\//, '')}
          </span>
          <VariableChoice appid={appid} requestKey={key} value={request.variableSet} />
          <CopyButton text={url} label={t('command.copyUrl')} small />
          <HistoryButton appid={appid} name={name} />
          <Menu
            trigger={
              <IconButton label={t('run.more')} small>
                <MoreHorizontal size={14} aria-hidden />
              </IconButton>
            }
            entries={[
              { label: t('run.copyCurl'), onSelect: () => copy(toCurl(url, request)) },
              { label: t('run.copyFetch'), onSelect: () => copy(toFetch(url, request)) },
              {
                label: t('run.pasteCurl'),
                onSelect: () => void navigator.clipboard.readText().then(takeCurl),
              },
              {
                label: t('run.openInBrowser'),
                disabled: neverLive,
                onSelect: () => window.open(url, '_blank', 'noopener'),
              },
              null,
              { label: t('run.reset'), onSelect: () => changeRequest(key, emptyRequest) },
            ]}
          />
        </div>
        <div className="flex gap-2">
          <Select
            aria-label={t('run.method')}
            className="w-[104px] shrink-0 font-mono text-small"
            value={request.method}
            onChange={(e) => changeRequest(key, { method: methodSchema.parse(e.target.value) })}
          >
            {methodSchema.options.map((method) => (
              <option key={method} value={method}>
                {method}
              </option>
            ))}
          </Select>
          <label
            className={cx(
              controlLook,
              'flex h-8 w-full items-center has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent',
            )}
          >
            <span aria-hidden className="max-w-[70%] shrink-0 truncate font-mono text-small text-subtle">
              /{name}
            </span>
            <input
              aria-label={t('run.path')}
              value={request.path}
              placeholder="/…"
              spellCheck={false}
              autoComplete="off"
              onChange={(e) => changeRequest(key, { path: e.target.value })}
              onPaste={(e) => {
                if (takeCurl(e.clipboardData.getData('text/plain'))) e.preventDefault()
              }}
              size={1}
              className="h-full min-w-6 grow bg-transparent font-mono text-small outline-none"
            />
          </label>
        </div>
        <div className="flex flex-wrap items-center gap-2">
          <Button
            type="submit"
            look="solid"
            aria-label={t('run.draft')}
            {...(runKeys ? { keys: runKeys } : {})}
            icon={<Play size={13} aria-hidden />}
          >
            {t('run.draft')}
          </Button>
          <DebugButton appid={appid} name={name} />
          <Button
            aria-label={t('run.live')}
            disabled={neverLive}
            title={neverLive ? t('run.neverLive') : undefined}
            onClick={() => void startRun(appid, name, 'live')}
          >
            {t('run.live')}
          </Button>
        </div>
        <div className="flex h-7 items-center gap-1">
          <MeasureToggles />
          <div className="grow" />
          {running ? (
            <Button
              look="quiet"
              size="s"
              icon={<Square size={11} aria-hidden />}
              onClick={() => cancelRun(appid, name)}
            >
              {t('action.cancel')}
            </Button>
          ) : (
            run?.response && (
              <Button look="quiet" size="s" icon={<BookmarkPlus size={14} aria-hidden />} onClick={saveCase}>
                {t('tests.saveCase')}
              </Button>
            )
          )}
        </div>
        <Unresolved appid={appid} request={request} />
      </form>
      {app.data && <NotRunning app={app.data} />}
      <RequestTabs requestKey={key} request={request} />
      <ResponseView appid={appid} name={name} run={run} />
    </aside>
  )
}

/** A stopped or failed app cannot run anything; editing goes on working. */
function NotRunning({ app }: { app: AppView }) {
  const start = useStartApp()
  if (app.phase !== 'stopped' && app.phase !== 'failed') return null
  return (
    <div className="mx-3 mt-2 flex items-center gap-2 rounded-control bg-warn-tint py-1.5 pr-1.5 pl-3 text-small text-warn">
      <span className="min-w-0 grow">
        {app.phase === 'failed' ? t('run.appFailed') : t('run.appStopped')}
      </span>
      <Button size="xs" busy={start.isPending} onClick={() => start.mutate({ appid: app.appid })}>
        {t('action.start')}
      </Button>
    </div>
  )
}
