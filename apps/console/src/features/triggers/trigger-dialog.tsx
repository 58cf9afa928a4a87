import type { FunctionSummary, TriggerView } from '@lathe/shared'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type ReactNode, useId, useState } from 'react'
import { InputError } from '../../components/input-error.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Dialog, DialogActions } from '../../components/ui/dialog.tsx'
import { controlLook, Field, inputLook } from '../../components/ui/field.tsx'
import { Select } from '../../components/ui/select.tsx'
import { previewQuery, useSaveTrigger } from '../../data/triggers.ts'
import { t } from '../../i18n/i18n.ts'
import { useLater } from '../../lib/use-later.ts'
import { presets, timeZones } from './presets.ts'
import { NextRuns } from './when.tsx'

const SETTLE_MS = 200

interface Props {
  appid: string
  functions: FunctionSummary[]
  onClose: () => void
}

export function TriggerDialog({ task, ...props }: Props & { task: 'new' | TriggerView | null }) {
  const trigger = task === 'new' ? null : task
  return (
    <Dialog
      open={task !== null}
      onOpenChange={(open) => !open && props.onClose()}
      title={trigger ? t('triggers.editTitle') : t('triggers.new')}
      description={t('triggers.newText')}
      size="l"
    >
      <TriggerForm key={trigger?.id ?? ''} trigger={trigger} {...props} />
    </Dialog>
  )
}

function TriggerForm({ appid, functions, trigger, onClose }: Props & { trigger: TriggerView | null }) {
  const published = functions.filter(({ liveRevision }) => liveRevision > 0)
  const [form, setForm] = useState({
    functionName: trigger?.functionName ?? published[0]?.name ?? '',
    cron: trigger?.cron ?? presets[0].cron,
    timeZone: trigger?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    missed: trigger?.missed ?? ('skip' as const),
    description: trigger?.description ?? '',
    payload: trigger?.payload ?? '',
  })
  const change = (part: Partial<typeof form>) => setForm((before) => ({ ...before, ...part }))
  const save = useSaveTrigger()
  const zones = useId()
  const badPayload = !isJson(form.payload)
  const canSave = form.functionName !== '' && form.cron.trim() !== '' && !badPayload
  return (
    <form
      className="flex min-h-0 flex-col"
      onSubmit={(event) => {
        event.preventDefault()
        if (!canSave || save.isPending) return
        const id = trigger ? { id: trigger.id, enabled: trigger.enabled } : {}
        save.mutate({ appid, ...id, ...form }, { onSuccess: onClose })
      }}
    >
      <div className="flex min-h-0 flex-col gap-3 overflow-y-auto px-5 pt-4 pb-1">
        <Labelled label={t('triggers.function')} hint={t('triggers.functionHint')}>
          {(id) => (
            <Select
              id={id}
              value={form.functionName}
              onChange={(event) => change({ functionName: event.target.value })}
            >
              {form.functionName !== '' && !functions.some(({ name }) => name === form.functionName) && (
                <option value={form.functionName}>{form.functionName}</option>
              )}
              {functions.map(({ name, liveRevision }) => (
                <option key={name} value={name} disabled={liveRevision === 0}>
                  {liveRevision === 0 ? t('triggers.notPublished', { name }) : name}
                </option>
              ))}
            </Select>
          )}
        </Labelled>
        <div className="grid grid-cols-2 gap-x-3 gap-y-3 max-wide:grid-cols-1">
          <Labelled label={t('triggers.preset')}>
            {(id) => (
              <Select
                id={id}
                value={presets.some(({ cron }) => cron === form.cron) ? form.cron : ''}
                onChange={(event) => event.target.value && change({ cron: event.target.value })}
              >
                <option value="">{t('triggers.custom')}</option>
                {presets.map(({ cron, label }) => (
                  <option key={cron} value={cron}>
                    {t(label)}
                  </option>
                ))}
              </Select>
            )}
          </Labelled>
          <Labelled label={t('triggers.timeZone')}>
            {(id) => (
              <>
                <input
                  id={id}
                  list={zones}
                  value={form.timeZone}
                  spellCheck={false}
                  autoComplete="off"
                  onChange={(event) => change({ timeZone: event.target.value })}
                  className={inputLook}
                />
                <datalist id={zones}>
                  {timeZones().map((zone) => (
                    <option key={zone} value={zone} />
                  ))}
                </datalist>
              </>
            )}
          </Labelled>
        </div>
        <Labelled label={t('triggers.cron')} hint={t('triggers.cronHint')}>
          {(id) => (
            <input
              id={id}
              value={form.cron}
              maxLength={120}
              spellCheck={false}
              autoComplete="off"
              onChange={(event) => change({ cron: event.target.value })}
              className={`${inputLook} font-mono`}
            />
          )}
        </Labelled>
        <Preview appid={appid} cron={form.cron.trim()} timeZone={form.timeZone.trim()} />
        <Labelled label={t('triggers.missed')} hint={t('triggers.missedHint')}>
          {(id) => (
            <Select
              id={id}
              value={form.missed}
              onChange={(event) => change({ missed: event.target.value as 'skip' | 'run-once' })}
            >
              <option value="skip">{t('triggers.missedSkip')}</option>
              <option value="run-once">{t('triggers.missedRun')}</option>
            </Select>
          )}
        </Labelled>
        <Labelled
          label={t('triggers.payload')}
          hint={badPayload ? t('triggers.badPayload') : t('triggers.payloadHint')}
        >
          {(id) => (
            <textarea
              id={id}
              rows={2}
              spellCheck={false}
              value={form.payload}
              placeholder='{ "kind": "nightly" }'
              aria-invalid={badPayload || undefined}
              onChange={(event) => change({ payload: event.target.value })}
              className={`${controlLook} w-full resize-y py-1.5 font-mono text-small`}
            />
          )}
        </Labelled>
        <Field
          label={t('triggers.description')}
          value={form.description}
          maxLength={200}
          onChange={(event) => change({ description: event.target.value })}
        />
        <InputError error={save.error} />
      </div>
      <DialogActions>
        <Button look="quiet" onClick={onClose}>
          {t('action.cancel')}
        </Button>
        <Button type="submit" look="solid" busy={save.isPending} disabled={!canSave}>
          {trigger ? t('action.save') : t('triggers.create')}
        </Button>
      </DialogActions>
    </form>
  )
}

/** The next three ticks of what is being written, or why there are none; its place is reserved. */
function Preview({ appid, cron, timeZone }: { appid: string; cron: string; timeZone: string }) {
  const settled = useLater(`${cron}\n${timeZone}`, SETTLE_MS).split('\n')
  const [pattern = '', zone = ''] = settled
  const preview = useQuery({
    ...previewQuery(appid, pattern, zone),
    enabled: pattern !== '' && zone !== '',
    placeholderData: keepPreviousData,
  })
  return (
    <div aria-live="polite" className="min-h-[84px] rounded-control border border-line bg-bg px-3 py-2">
      <p className="text-label font-medium text-muted">{t('triggers.next')}</p>
      {preview.error ? (
        <InputError error={preview.error} />
      ) : preview.data ? (
        <NextRuns runs={preview.data.nextRuns} timeZone={zone} />
      ) : null}
    </div>
  )
}

function Labelled({
  label,
  hint,
  children,
}: {
  label: string
  hint?: string
  children: (id: string) => ReactNode
}) {
  const id = useId()
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="text-small font-medium text-muted">
        {label}
      </label>
      {children(id)}
      {hint && <p className="text-small text-subtle">{hint}</p>}
    </div>
  )
}

function isJson(text: string): boolean {
  if (text.trim() === '') return true
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
