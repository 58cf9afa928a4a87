import type { EnvChange, EnvView } from '@lathe/shared'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { FileText, KeyRound, Plus } from 'lucide-react'
import { useState } from 'react'
import { ErrorView } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { Empty } from '../../components/ui/empty.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { envQuery } from '../../data/env.ts'
import { t } from '../../i18n/i18n.ts'
import { formatBytes } from '../../lib/format.ts'
import { EnvDialog, type EnvTask } from './env-dialog.tsx'
import { EnvStatus } from './env-status.tsx'
import { EnvTable } from './env-table.tsx'
import { useRemovePlain } from './use-remove-plain.ts'

const route = getRouteApi('/_signed/apps/$appid/env')
const SAMPLE = 'process.env.API_KEY'

export function EnvPage() {
  const { appid } = route.useParams()
  const env = useQuery(envQuery(appid))
  const [task, setTask] = useState<EnvTask | null>(null)
  const [change, setChange] = useState<EnvChange | null>(null)
  const done = (made: EnvChange) => {
    setTask(null)
    setChange(made)
  }
  return (
    <main className="h-full overflow-y-auto">
      <title>{`${t('env.title')} · Lathe`}</title>
      <div className="mx-auto flex max-w-[960px] flex-col px-6 py-6">
        <div className="flex flex-wrap items-center gap-2">
          <h1 className="text-page font-semibold">{t('env.title')}</h1>
          {env.data && (
            <span className="text-small text-muted tabular-nums">
              {t('env.used', {
                used: formatBytes(env.data.usedBytes),
                limit: formatBytes(env.data.limitBytes),
              })}
            </span>
          )}
          <div className="grow" />
          <Button
            icon={<FileText size={14} aria-hidden />}
            disabled={!env.data}
            onClick={() => setTask({ kind: 'text', pasted: '' })}
          >
            {t('env.editText')}
          </Button>
          <Button
            look="solid"
            icon={<Plus size={14} aria-hidden />}
            disabled={!env.data}
            onClick={() => setTask({ kind: 'add' })}
          >
            {t('env.add')}
          </Button>
        </div>
        <p className="mt-1 text-ui text-muted">{t('env.text')}</p>
        <EnvStatus appid={appid} change={change} />
        {env.data ? (
          <Variables env={env.data} onTask={setTask} />
        ) : env.error ? (
          <ErrorView what={t('env.failed')} error={env.error} onRetry={() => void env.refetch()} />
        ) : (
          <Skeleton className="h-48" />
        )}
      </div>
      {env.data && <EnvDialog env={env.data} task={task} onTask={setTask} onDone={done} />}
    </main>
  )
}

function Variables({ env, onTask }: { env: EnvView; onTask: (task: EnvTask) => void }) {
  const removePlain = useRemovePlain(env.appid)
  if (env.variables.length > 0) {
    return (
      <EnvTable
        variables={env.variables}
        onEdit={(variable) => onTask({ kind: 'edit', variable })}
        onRemove={(variable) => {
          if (variable.secret) onTask({ kind: 'remove', variable })
          else removePlain(variable)
        }}
      />
    )
  }
  return (
    <div className="rounded-popover border border-line bg-surface">
      <Empty icon={<KeyRound size={18} />} title={t('env.emptyTitle')} text={t('env.emptyText')}>
        <div className="flex items-center gap-1 rounded-control border border-line bg-bg py-1 pr-1 pl-3">
          <code className="font-mono text-small">{SAMPLE}</code>
          <CopyButton text={SAMPLE} label={t('env.copySample')} />
        </div>
        <div className="flex flex-wrap justify-center gap-2">
          <Button look="solid" onClick={() => onTask({ kind: 'add' })}>
            {t('env.emptyAction')}
          </Button>
          <Button onClick={() => onTask({ kind: 'text', pasted: '' })}>{t('env.pasteText')}</Button>
        </div>
      </Empty>
    </div>
  )
}
