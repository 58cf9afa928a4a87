import type { TriggerView } from '@lathe/shared'
import { Link } from '@tanstack/react-router'
import { ChevronRight, Pencil, Play, Trash2, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { useRunTrigger, useSaveTrigger } from '../../data/triggers.ts'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { formatAgo } from '../../lib/format.ts'
import { History } from './history.tsx'
import { Outcome } from './outcome.tsx'
import { NextRuns } from './when.tsx'

/** One trigger: what it calls, when, how it went, and what can be done with it. */
export function TriggerRow({
  trigger,
  onEdit,
  onDelete,
}: {
  trigger: TriggerView
  onEdit: () => void
  onDelete: () => void
}) {
  const { appid, id, functionName: name, cron, timeZone, enabled, description, last } = trigger
  const [isOpen, setOpen] = useState(false)
  const run = useRunTrigger()
  const save = useSaveTrigger()
  return (
    <li className="border-t border-line first:border-0">
      <div className="grid grid-cols-[28px_minmax(0,1.3fr)_minmax(0,1fr)_minmax(0,1fr)_auto] items-start gap-x-3 px-2 py-3 max-wide:grid-cols-[28px_minmax(0,1fr)_auto] max-wide:gap-y-2">
        <IconButton
          label={t('triggers.history', { name })}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          <ChevronRight
            size={14}
            aria-hidden
            className={cx('transition-transform duration-120', isOpen && 'rotate-90')}
          />
        </IconButton>
        <div className="min-w-0 pt-0.5">
          <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <Link
              to="/apps/$appid/functions/$"
              params={{ appid, _splat: name }}
              className="truncate font-mono text-small font-medium underline-offset-4 hover:underline"
            >
              {name}
            </Link>
            {!enabled && (
              <span className="rounded-full bg-raised px-2 text-label text-muted">{t('triggers.off')}</span>
            )}
          </div>
          <p className="mt-0.5 text-small text-muted">
            <code className="font-mono text-fg">{cron}</code> {timeZone}
          </p>
          {description && <p className="mt-0.5 text-small text-muted">{description}</p>}
          <FunctionState trigger={trigger} />
        </div>
        <div className="pt-0.5 max-wide:col-start-2">
          <p className="text-label font-medium text-muted">{t('triggers.next')}</p>
          <NextRuns runs={trigger.nextRuns} timeZone={timeZone} />
        </div>
        <div className="pt-0.5 max-wide:col-start-2">
          <p className="text-label font-medium text-muted">{t('triggers.last')}</p>
          {last ? (
            <p className="mt-0.5 flex flex-wrap items-center gap-2 text-small text-muted">
              <Outcome firing={last} />
              <time dateTime={last.startedAt}>{formatAgo(last.startedAt)}</time>
            </p>
          ) : (
            <p className="text-small text-muted">{t('triggers.never')}</p>
          )}
        </div>
        <div className="flex items-center gap-1 max-wide:col-start-3 max-wide:row-start-1">
          <Button
            size="s"
            icon={<Play size={12} aria-hidden />}
            busy={run.isPending}
            aria-label={t('triggers.runName', { name })}
            onClick={() => run.mutate({ appid, id }, { onSuccess: () => setOpen(true) })}
          >
            {t('triggers.run')}
          </Button>
          <Switch
            label={t('triggers.enable', { name })}
            checked={enabled}
            disabled={save.isPending}
            onChange={(on) => save.mutate({ ...saved(trigger), enabled: on })}
          />
          <IconButton label={t('triggers.edit', { name })} onClick={onEdit}>
            <Pencil size={14} aria-hidden />
          </IconButton>
          <IconButton label={t('triggers.delete', { name })} onClick={onDelete}>
            <Trash2 size={14} aria-hidden />
          </IconButton>
        </div>
      </div>
      {(run.error ?? save.error) && (
        <div className="px-11">
          <ErrorLine error={run.error ?? save.error} />
        </div>
      )}
      {isOpen && (
        <section
          aria-label={t('triggers.historyOf', { name })}
          className="overflow-x-auto border-t border-line bg-bg px-8"
        >
          <History trigger={trigger} />
        </section>
      )}
    </li>
  )
}

/** A trigger as it is saved. */
function saved({
  appid,
  id,
  functionName,
  cron,
  timeZone,
  enabled,
  missed,
  description,
  payload,
}: TriggerView) {
  return { appid, id, functionName, cron, timeZone, enabled, missed, description, payload }
}

function FunctionState({ trigger: { functionState } }: { trigger: TriggerView }) {
  if (functionState === 'ok') return null
  return (
    <p className="mt-1 flex items-center gap-1.5 text-small text-warn">
      <TriangleAlert size={13} aria-hidden className="shrink-0" />
      {functionState === 'unpublished' ? t('triggers.unpublished') : t('triggers.functionDeleted')}
    </p>
  )
}

function Switch({
  label,
  checked,
  disabled,
  onChange,
}: {
  label: string
  checked: boolean
  disabled: boolean
  onChange: (checked: boolean) => void
}) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={checked}
      aria-label={label}
      disabled={disabled}
      onClick={() => onChange(!checked)}
      className="inline-flex size-8 items-center justify-center rounded-control hover:bg-raised"
    >
      <span
        aria-hidden
        className={cx(
          'flex h-4 w-7 items-center rounded-full border px-px transition-colors duration-120',
          checked ? 'justify-end border-solid bg-solid' : 'justify-start border-control bg-bg',
        )}
      >
        <span className={cx('size-3 rounded-full', checked ? 'bg-on-solid' : 'bg-control')} />
      </span>
    </button>
  )
}
