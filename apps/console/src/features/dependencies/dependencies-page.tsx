import type { DependenciesView, DependencyView } from '@lathe/shared'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { ArrowUp, FileJson, Package, Plus, Server } from 'lucide-react'
import { useState } from 'react'
import { ErrorLine, ErrorView } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Empty } from '../../components/ui/empty.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { appQuery } from '../../data/apps.ts'
import { dependenciesQuery, dependencyCheckQuery, useUpdateDependencies } from '../../data/dependencies.ts'
import { t } from '../../i18n/i18n.ts'
import { formatBytes } from '../../lib/format.ts'
import { AddDialog } from './add-dialog.tsx'
import { Advisories } from './advisories.tsx'
import { DependencyTable } from './dependency-table.tsx'
import { Missing } from './missing.tsx'
import { PasteDialog } from './paste-dialog.tsx'
import { Permissions } from './permissions.tsx'
import { ProgressLine } from './progress-line.tsx'
import { RegistriesDialog } from './registries-dialog.tsx'
import { RemoveDialog } from './remove-dialog.tsx'

const route = getRouteApi('/_signed/apps/$appid/dependencies')
/** What people install first. */
const FIRST = ['zod', 'hono', 'nanoid', 'date-fns']

export type Task =
  | { kind: 'add'; name: string }
  | { kind: 'remove'; dependency: DependencyView }
  | { kind: 'paste' }
  | { kind: 'registries' }

export function DependenciesPage() {
  const { appid } = route.useParams()
  const { add } = route.useSearch()
  const list = useQuery(dependenciesQuery(appid))
  const app = useQuery(appQuery(appid))
  const [task, setTask] = useState<Task | null>(add === undefined ? null : { kind: 'add', name: add })
  const close = () => setTask(null)
  return (
    <main className="h-full overflow-y-auto">
      <title>{`${t('deps.title')} · Lathe`}</title>
      <div className="mx-auto flex max-w-[1080px] flex-col px-6 py-6">
        <div className="flex flex-wrap items-center gap-2">
          <h1 className="text-page font-semibold">{t('deps.title')}</h1>
          {list.data && <Used view={list.data} />}
          <div className="grow" />
          <Button icon={<Server size={14} aria-hidden />} onClick={() => setTask({ kind: 'registries' })}>
            {t('deps.registries')}
          </Button>
          <Button icon={<FileJson size={14} aria-hidden />} onClick={() => setTask({ kind: 'paste' })}>
            {t('deps.paste')}
          </Button>
          <Button
            look="solid"
            icon={<Plus size={14} aria-hidden />}
            onClick={() => setTask({ kind: 'add', name: '' })}
          >
            {t('deps.add')}
          </Button>
        </div>
        <p className="mt-1 text-ui text-muted">{t('deps.text')}</p>
        <ProgressLine appid={appid} />
        {list.data ? (
          <Installed appid={appid} view={list.data} onTask={setTask} />
        ) : list.error ? (
          <ErrorView what={t('deps.failed')} error={list.error} onRetry={() => void list.refetch()} />
        ) : (
          <Skeleton className="h-48" />
        )}
      </div>
      <AddDialog appid={appid} name={task?.kind === 'add' ? task.name : null} onClose={close} />
      <PasteDialog appid={appid} open={task?.kind === 'paste'} onClose={close} />
      {task?.kind === 'remove' && <RemoveDialog appid={appid} dependency={task.dependency} onClose={close} />}
      {app.data && (
        <RegistriesDialog teamId={app.data.teamId} open={task?.kind === 'registries'} onClose={close} />
      )}
    </main>
  )
}

function Used({ view: { totalPackages, usedBytes, limitBytes } }: { view: DependenciesView }) {
  return (
    <span className="text-small text-muted tabular-nums">
      {t('deps.used', {
        packages: totalPackages,
        used: formatBytes(usedBytes),
        limit: formatBytes(limitBytes),
      })}
    </span>
  )
}

function Installed({
  appid,
  view,
  onTask,
}: {
  appid: string
  view: DependenciesView
  onTask: (task: Task) => void
}) {
  const check = useQuery(dependencyCheckQuery(appid))
  const update = useUpdateDependencies()
  const updatable = check.data?.packages.filter(({ name, wanted }) => {
    const now = view.dependencies.find((one) => one.name === name)?.version
    return wanted !== null && now !== undefined && wanted !== now
  })
  return (
    <div className="flex flex-col gap-4">
      <Missing missing={view.missing} onAdd={(name) => onTask({ kind: 'add', name })} />
      {view.dependencies.length === 0 ? (
        <div className="rounded-popover border border-line bg-surface">
          <Empty icon={<Package size={18} />} title={t('deps.emptyTitle')} text={t('deps.emptyText')}>
            <div className="flex flex-wrap justify-center gap-2">
              {FIRST.map((name) => (
                <Button key={name} size="s" onClick={() => onTask({ kind: 'add', name })}>
                  {name}
                </Button>
              ))}
            </div>
          </Empty>
        </div>
      ) : (
        <>
          {updatable && updatable.length > 0 && (
            <div className="flex items-center gap-2 text-small text-muted">
              {t('deps.updatable', { count: updatable.length })}
              <Button
                size="xs"
                icon={<ArrowUp size={12} aria-hidden />}
                busy={update.isPending && update.variables.names === undefined}
                onClick={() => update.mutate({ appid })}
              >
                {t('deps.updateAll')}
              </Button>
            </div>
          )}
          <ErrorLine error={update.error} />
          <DependencyTable
            view={view}
            check={check.data}
            updating={update.isPending ? (update.variables.names?.[0] ?? null) : null}
            onUpdate={(name, to) => update.mutate({ appid, names: [name], to })}
            onRemove={(dependency) => onTask({ kind: 'remove', dependency })}
          />
          <Advisories check={check.data} />
        </>
      )}
      <Permissions appid={appid} view={view} />
    </div>
  )
}
