import type { PastRun } from '@lathe/shared'
import { useQuery } from '@tanstack/react-query'
import { History, SquarePen, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { ErrorView } from '../../components/error-view.tsx'
import { StatusMark } from '../../components/status-mark.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Dialog, DialogActions } from '../../components/ui/dialog.tsx'
import { Empty } from '../../components/ui/empty.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { pastRunsQuery, useForgetRuns } from '../../data/runs.ts'
import { t } from '../../i18n/i18n.ts'
import { formatAgo, formatMs } from '../../lib/format.ts'
import { changeRequest } from '../../stores/requests.ts'
import { runKey, startRun } from './execute.ts'
import { fromRunRequest } from './request.ts'

/** Past runs of this function, one's own, the newest first: to be sent again, or taken over into the panel. */
export function HistoryButton({ appid, name }: { appid: string; name: string }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <IconButton label={t('run.history')} small onClick={() => setOpen(true)}>
        <History size={14} aria-hidden />
      </IconButton>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title={t('run.historyTitle', { name })}
        description={t('run.historyText')}
        size="l"
      >
        <PastRuns appid={appid} name={name} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  )
}

function PastRuns({ appid, name, onClose }: { appid: string; name: string; onClose: () => void }) {
  const past = useQuery(pastRunsQuery(appid, name))
  const forget = useForgetRuns()
  const key = runKey(appid, name)
  const open = (one: PastRun) => {
    changeRequest(key, fromRunRequest(one.request))
    onClose()
  }
  const send = (one: PastRun) => {
    open(one)
    void startRun(appid, name, one.what)
  }
  if (past.error)
    return <ErrorView what={t('run.historyFailed')} error={past.error} onRetry={() => void past.refetch()} />
  if (past.data?.length === 0) {
    return (
      <Empty icon={<History size={18} />} title={t('run.historyEmpty')} text={t('run.historyEmptyText')} />
    )
  }
  return (
    <>
      <ul aria-label={t('run.history')} className="mx-5 mt-4 min-h-0 overflow-y-auto">
        {past.data?.map((one) => (
          <PastRunRow
            key={one.id}
            one={one}
            onOpen={() => open(one)}
            onSend={() => send(one)}
            onForget={() => forget.mutate({ appid, id: one.id })}
          />
        ))}
      </ul>
      <DialogActions>
        <Button look="danger" busy={forget.isPending} onClick={() => forget.mutate({ appid })}>
          {t('run.forgetAll')}
        </Button>
        <Button onClick={onClose}>{t('action.close')}</Button>
      </DialogActions>
    </>
  )
}

function PastRunRow({
  one,
  onOpen,
  onSend,
  onForget,
}: {
  one: PastRun
  onOpen: () => void
  onSend: () => void
  onForget: () => void
}) {
  const { request, status, reason, durationMs, at, what, bodyLeftOut } = one
  const { method, path, query } = request
  const asked = typeof query === 'string' && query ? `?${query}` : ''
  const address = `${method} ${path}${asked}`.trim()
  return (
    <li className="flex min-h-10 items-center gap-3 border-b border-line text-small last:border-0">
      <span className="w-12 shrink-0">
        {status === null ? <Failed reason={reason} /> : <StatusMark status={status} />}
      </span>
      <span className="min-w-0 grow">
        <span className="block truncate font-mono" title={address}>
          {address}
        </span>
        <span className="block text-subtle">
          {what === 'draft' ? t('run.draft') : t('run.live')} · {formatAgo(at)}
          {durationMs === null ? '' : ` · ${formatMs(durationMs)}`}
          {bodyLeftOut ? ` · ${t('run.bodyLeftOut')}` : ''}
        </span>
      </span>
      <Button size="s" disabled={bodyLeftOut} onClick={onSend}>
        {t('run.sendAgain')}
      </Button>
      <IconButton label={t('run.openPast', { address })} onClick={onOpen}>
        <SquarePen size={14} aria-hidden />
      </IconButton>
      <IconButton label={t('run.forget', { address })} onClick={onForget}>
        <Trash2 size={14} aria-hidden />
      </IconButton>
    </li>
  )
}

function Failed({ reason }: { reason: PastRun['reason'] }) {
  return (
    <span className="text-error" title={reason ?? undefined}>
      {reason === 'CANCELLED' ? t('run.cancelledShort') : t('run.failedShort')}
    </span>
  )
}
