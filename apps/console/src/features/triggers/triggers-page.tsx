import type { FunctionSummary, TriggerView } from '@lathe/shared'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { CalendarClock, Plus } from 'lucide-react'
import { useState } from 'react'
import { ErrorLine, ErrorView } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Empty } from '../../components/ui/empty.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { appQuery, useStartApp } from '../../data/apps.ts'
import { functionsQuery } from '../../data/functions.ts'
import { triggersQuery } from '../../data/triggers.ts'
import { t } from '../../i18n/i18n.ts'
import { DeleteTriggerDialog } from './delete-trigger-dialog.tsx'
import { TriggerDialog } from './trigger-dialog.tsx'
import { TriggerRow } from './trigger-row.tsx'

const route = getRouteApi('/_signed/apps/$appid/triggers')

/** What calls the app's functions by the clock. */
export function TriggersPage() {
  const { appid } = route.useParams()
  const triggers = useQuery(triggersQuery(appid))
  const functions = useQuery(functionsQuery(appid))
  const [task, setTask] = useState<'new' | TriggerView | null>(null)
  const [doomed, setDoomed] = useState<TriggerView | null>(null)
  const isReady = triggers.data !== undefined && functions.data !== undefined
  const canCreate = functions.data?.some(({ liveRevision }) => liveRevision > 0) ?? false
  const error = triggers.error ?? functions.error
  return (
    <main className="h-full overflow-y-auto">
      <title>{`${t('triggers.title')} · Lathe`}</title>
      <div className="mx-auto flex max-w-[1080px] flex-col px-6 py-6">
        <div className="flex flex-wrap items-center gap-2">
          <h1 className="text-page font-semibold">{t('triggers.title')}</h1>
          <div className="grow" />
          <Button
            look="solid"
            icon={<Plus size={14} aria-hidden />}
            disabled={!isReady || !canCreate}
            onClick={() => setTask('new')}
          >
            {t('triggers.new')}
          </Button>
        </div>
        <p className="mt-1 mb-5 text-ui text-muted">{t('triggers.text')}</p>
        <Stopped appid={appid} />
        {isReady && triggers.data.length > 0 ? (
          <ul
            aria-label={t('triggers.title')}
            className="overflow-hidden rounded-popover border border-line bg-surface"
          >
            {triggers.data.map((trigger) => (
              <TriggerRow
                key={trigger.id}
                trigger={trigger}
                onEdit={() => setTask(trigger)}
                onDelete={() => setDoomed(trigger)}
              />
            ))}
          </ul>
        ) : isReady ? (
          <NoTriggers
            appid={appid}
            functions={functions.data}
            canCreate={canCreate}
            onCreate={() => setTask('new')}
          />
        ) : error ? (
          <ErrorView
            what={t('triggers.loadFailed')}
            error={error}
            onRetry={() => void Promise.all([triggers.refetch(), functions.refetch()])}
          />
        ) : (
          <Skeleton className="h-48" />
        )}
      </div>
      <TriggerDialog
        appid={appid}
        functions={functions.data ?? []}
        task={task}
        onClose={() => setTask(null)}
      />
      {doomed && <DeleteTriggerDialog trigger={doomed} onClose={() => setDoomed(null)} />}
    </main>
  )
}

function NoTriggers({
  appid,
  functions,
  canCreate,
  onCreate,
}: {
  appid: string
  functions: FunctionSummary[]
  canCreate: boolean
  onCreate: () => void
}) {
  return (
    <div className="rounded-popover border border-line bg-surface">
      <Empty
        icon={<CalendarClock size={18} />}
        title={t('triggers.emptyTitle')}
        text={
          canCreate
            ? t('triggers.emptyText')
            : functions.length > 0
              ? t('triggers.publishFirst')
              : t('triggers.writeFirst')
        }
      >
        {canCreate ? (
          <Button look="solid" onClick={onCreate}>
            {t('triggers.emptyAction')}
          </Button>
        ) : (
          <Link
            to="/apps/$appid/functions"
            params={{ appid }}
            className="text-accent underline underline-offset-4"
          >
            {t('triggers.toFunctions')}
          </Link>
        )}
      </Empty>
    </div>
  )
}

/** A stopped app's ticks are skipped: that has to be seen before somebody waits for one. */
function Stopped({ appid }: { appid: string }) {
  const { data: app } = useQuery(appQuery(appid))
  const start = useStartApp()
  if (!app || (app.state === 'running' && app.phase !== 'failed')) return null
  return (
    <div className="mb-4 flex flex-wrap items-center gap-3 rounded-control border border-line bg-warn-tint px-3 py-2">
      <p className="min-w-0 grow text-small">
        {app.phase === 'failed' ? t('triggers.appFailed') : t('triggers.appStopped')}
      </p>
      <Button size="s" busy={start.isPending} onClick={() => start.mutate({ appid })}>
        {t('action.start')}
      </Button>
      {start.error && <ErrorLine error={start.error} />}
    </div>
  )
}
