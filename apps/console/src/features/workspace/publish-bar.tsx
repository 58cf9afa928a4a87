import { CloudOff, History, Undo2 } from 'lucide-react'
import { runCommand } from '../../commands/registry.ts'
import { Button } from '../../components/ui/button.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Spinner } from '../../components/ui/spinner.tsx'
import { errorText, reasonOf } from '../../data/errors.ts'
import { t } from '../../i18n/i18n.ts'
import { type DraftStatus, type PublishState, useDrafts } from '../../stores/drafts.ts'
import { workspaceActions } from '../../stores/workspace.ts'
import { Presence } from './presence.tsx'
import { TypeErrors } from './type-errors.tsx'

/** Over the source: where it stands, whether it is saved, whether it is live, and how the last publish went. */
export function PublishBar({
  name,
  onUndo,
  onReview,
}: {
  name: string
  onUndo: () => void
  onReview: () => void
}) {
  const status = useDrafts((s) => s.status[name])
  const publish = useDrafts((s) => s.publish[name])
  const conflict = useDrafts((s) => s.conflicts[name] !== undefined && s.merge === null)
  const segments = name.split('/')
  return (
    <div className="flex h-8 shrink-0 items-center gap-3 border-b border-line bg-editor pr-2 pl-4 text-small">
      <span className="min-w-0 shrink truncate font-mono text-subtle" title={`${name}.ts`}>
        {segments.map((segment, index) => (
          <span key={index}>
            {index > 0 && ' / '}
            <span className={index === segments.length - 1 ? 'text-muted' : ''}>{segment}</span>
          </span>
        ))}
      </span>
      <SaveMark status={status} />
      <Presence name={name} />
      <div className="grow" />
      {conflict && (
        <Button look="quiet" size="xs" className="text-warn" onClick={onReview}>
          {t('merge.review')}
        </Button>
      )}
      <TypeErrors name={name} />
      <IconButton small label={t('command.history')} onClick={() => runCommand('function.history')}>
        <History size={14} aria-hidden />
      </IconButton>
      {status?.differs && (
        <span className="flex h-5 shrink-0 items-center gap-1.5 rounded-full bg-warn-tint px-2 text-label font-medium text-warn">
          <span aria-hidden className="size-1.5 rounded-full bg-warn" />
          <span className="max-[1180px]:sr-only">
            {status.liveRevision === 0 ? t('draft.neverLive') : t('draft.differs')}
          </span>
        </span>
      )}
      <div
        role="status"
        aria-label={t('publish.status')}
        className="flex min-w-0 shrink-0 items-center gap-2 tabular-nums"
      >
        <PublishText state={publish} onReview={onReview} />
      </div>
      {publish?.kind === 'live' && publish.previous > 0 && !publish.undone && (
        <Button
          look="quiet"
          size="xs"
          icon={<Undo2 size={12} aria-hidden />}
          title={t('publish.undoTitle', { revision: publish.previous })}
          onClick={onUndo}
        >
          {t('action.undo')}
        </Button>
      )}
    </div>
  )
}

function SaveMark({ status }: { status: DraftStatus | undefined }) {
  if (!status) return null
  const { save, refusal } = status
  return (
    <span aria-live="polite" className="flex min-w-0 shrink-0 items-center gap-1.5 truncate text-subtle">
      {save === 'saved' && t('draft.saved')}
      {(save === 'pending' || save === 'saving') && t('draft.saving')}
      {save === 'offline' && (
        <span className="flex items-center gap-1.5 text-warn">
          <CloudOff size={13} aria-hidden /> {t('draft.offline')}
        </span>
      )}
      {save === 'refused' && (
        <span className="truncate text-error" title={errorText(refusal)}>
          {t('draft.refused')}: {errorText(refusal)}
        </span>
      )}
      {save === 'conflict' && <span className="text-warn">{t('draft.conflict')}</span>}
    </span>
  )
}

function PublishText({ state, onReview }: { state: PublishState | undefined; onReview: () => void }) {
  if (!state) return null
  if (state.kind === 'publishing') {
    return (
      <span className="flex items-center gap-1.5 text-muted">
        <Spinner size={12} /> {t('publish.under')}
      </span>
    )
  }
  if (state.kind === 'refused') {
    const places = state.markers.length + state.loadErrors.length
    return (
      <button
        type="button"
        className="max-w-80 truncate text-error underline decoration-error/50 underline-offset-2"
        title={errorText(state.error)}
        onClick={() => {
          if (reasonOf(state.error) === 'CONFLICT') onReview()
          else if (places > 0) workspaceActions.showDrawer('problems')
        }}
      >
        {t('publish.refused')}: {errorText(state.error)}
      </button>
    )
  }
  const { replicas, revision } = state
  return (
    <span className="text-ok">
      {state.ms === null
        ? t('publish.noRuntime', { revision: String(revision) })
        : t('publish.live', {
            revision: String(revision),
            ms: String(Math.max(1, Math.round(state.ms))),
            replicas: `${replicas.live}/${replicas.total}`,
          })}
    </span>
  )
}
