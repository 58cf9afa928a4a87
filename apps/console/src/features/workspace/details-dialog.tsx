import { type FunctionSummary, methodSchema } from '@lathe/shared'
import { useState } from 'react'
import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Dialog, DialogActions } from '../../components/ui/dialog.tsx'
import { Field } from '../../components/ui/field.tsx'
import { useUpdateFunction } from '../../data/functions.ts'
import { t } from '../../i18n/i18n.ts'

const MAX_TAGS = 16
const MAX_TAG = 32
const MAX_SECONDS = 3600

/** What a function is about, and what the runtime keeps to: methods and time limit. */
export function DetailsDialog({
  appid,
  fn,
  onClose,
}: {
  appid: string
  fn: FunctionSummary | null
  onClose: () => void
}) {
  return (
    <Dialog
      open={fn !== null}
      onOpenChange={(open) => !open && onClose()}
      title={t('functions.detailsTitle', { name: fn?.name ?? '' })}
      description={t('functions.detailsText')}
    >
      {fn && <DetailsForm appid={appid} fn={fn} onClose={onClose} />}
    </Dialog>
  )
}

function DetailsForm({ appid, fn, onClose }: { appid: string; fn: FunctionSummary; onClose: () => void }) {
  const [description, setDescription] = useState(fn.description)
  const [tagText, setTagText] = useState(fn.tags.join(', '))
  const [methods, setMethods] = useState<string[]>(fn.methods ?? [])
  const [seconds, setSeconds] = useState(String(fn.timeoutMs / 1000))
  const update = useUpdateFunction()
  const tags = [
    ...new Set(
      tagText
        .split(/[,，]/)
        .map((tag) => tag.trim())
        .filter(Boolean),
    ),
  ]
  const badTags = tags.length > MAX_TAGS || tags.some((tag) => tag.length > MAX_TAG)
  const timeoutMs = Math.round(Number(seconds) * 1000)
  const badTimeout = !(timeoutMs >= 10 && timeoutMs <= MAX_SECONDS * 1000)
  return (
    <form
      className="flex min-h-0 flex-col"
      onSubmit={(event) => {
        event.preventDefault()
        if (badTags || badTimeout) return
        const chosen = methodSchema.options.filter((method) => methods.includes(method))
        update.mutate(
          { appid, name: fn.name, description, tags, timeoutMs, methods: chosen.length > 0 ? chosen : null },
          { onSuccess: onClose },
        )
      }}
    >
      <div className="flex flex-col gap-2 overflow-y-auto px-5 pt-4">
        <Field
          label={t('functions.description')}
          value={description}
          maxLength={1000}
          autoFocus
          onChange={(e) => setDescription(e.target.value)}
        />
        <Field
          label={t('functions.tags')}
          value={tagText}
          onChange={(e) => setTagText(e.target.value)}
          hint={t('functions.tagsHint')}
          error={badTags ? t('functions.badTags') : null}
        />
        <fieldset className="flex flex-col gap-1">
          <legend className="text-small font-medium text-muted">{t('functions.methods')}</legend>
          <div className="flex flex-wrap gap-x-4 gap-y-1 pt-1">
            {methodSchema.options.map((method) => (
              <label key={method} className="flex h-6 items-center gap-1.5 font-mono text-small">
                <input
                  type="checkbox"
                  checked={methods.includes(method)}
                  onChange={(e) =>
                    setMethods(e.target.checked ? [...methods, method] : methods.filter((m) => m !== method))
                  }
                  className="size-4 accent-solid"
                />
                {method}
              </label>
            ))}
          </div>
          <p className="min-h-4 text-small text-subtle">{t('functions.methodsHint')}</p>
        </fieldset>
        <Field
          label={t('functions.timeout')}
          value={seconds}
          inputMode="decimal"
          onChange={(e) => setSeconds(e.target.value)}
          error={badTimeout ? t('functions.badTimeout') : null}
        />
        <ErrorLine error={update.error} />
      </div>
      <DialogActions>
        <Button look="quiet" onClick={onClose}>
          {t('action.cancel')}
        </Button>
        <Button type="submit" look="solid" disabled={badTags || badTimeout} busy={update.isPending}>
          {t('action.save')}
        </Button>
      </DialogActions>
    </form>
  )
}
