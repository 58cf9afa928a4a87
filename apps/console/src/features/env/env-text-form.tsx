import type { EnvChange, EnvView } from '@lathe/shared'
import { envLimits, writeEnvText } from '@lathe/shared/env-text'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useDeferredValue, useId, useState } from 'react'
import { InputError } from '../../components/input-error.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { DialogActions } from '../../components/ui/dialog.tsx'
import { controlLook } from '../../components/ui/field.tsx'
import { envPreviewQuery, useSetEnv } from '../../data/env.ts'
import { t } from '../../i18n/i18n.ts'
import { useFocus } from '../../lib/use-focus.ts'
import { useLater } from '../../lib/use-later.ts'

const SETTLE_MS = 250

/** All variables as the text of an `.env` file; saving it replaces them in one step. */
export function EnvTextForm({
  env,
  pasted,
  onDone,
  onClose,
}: {
  env: EnvView
  /** Put behind what is there. */
  pasted: string
  onDone: (change: EnvChange) => void
  onClose: () => void
}) {
  const { appid } = env
  // What was there when the dialog opened: a change by somebody else meanwhile refuses the save.
  const [base] = useState(env)
  const [text, setText] = useState(() => writeEnvText(base.variables) + pasted)
  const [secret, setSecret] = useState(true)
  const settled = useLater(useDeferredValue(text), SETTLE_MS)
  const preview = useQuery({ ...envPreviewQuery(appid, settled), placeholderData: keepPreviousData })
  const set = useSetEnv()
  const id = useId()
  const box = useFocus<HTMLTextAreaElement>()
  const save = () => {
    if (set.isPending) return
    set.mutate({ appid, text, mode: 'replace', secret, baseVersion: base.version }, { onSuccess: onDone })
  }
  const change = preview.error ? null : preview.data
  const removes = change?.removed ?? []
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
      className="flex min-h-0 flex-col"
    >
      <div className="flex min-h-0 flex-col px-5 pt-4">
        <label htmlFor={id} className="sr-only">
          {t('env.textLabel')}
        </label>
        <textarea
          id={id}
          ref={box}
          rows={14}
          spellCheck={false}
          autoComplete="off"
          maxLength={envLimits.textBytes}
          placeholder={'API_URL=https://api.example.com\nAPI_KEY="…"'}
          value={text}
          aria-describedby={`${id}-change`}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) save()
          }}
          className={`${controlLook} min-h-24 w-full resize-y py-2 font-mono text-small leading-5 whitespace-pre`}
        />
        <div id={`${id}-change`} aria-live="polite" className="mt-2 min-h-5 text-small">
          {preview.error ? (
            <InputError error={preview.error} />
          ) : change ? (
            <Change added={change.added} changed={change.changed} removed={removes} />
          ) : null}
        </div>
        <div className="mt-2">
          <Checkbox
            label={t('env.newSecretLabel')}
            hint={t('env.secretHint')}
            checked={secret}
            onChange={setSecret}
          />
        </div>
        <div className="mt-2">
          <InputError error={set.error} />
        </div>
      </div>
      <DialogActions>
        <Button look="quiet" onClick={onClose}>
          {t('action.cancel')}
        </Button>
        <Button type="submit" look="solid" busy={set.isPending}>
          {t('env.saveText')}
        </Button>
      </DialogActions>
    </form>
  )
}

function Change({ added, changed, removed }: { added: string[]; changed: string[]; removed: string[] }) {
  const parts = [
    { names: added, text: t('env.adds'), tone: 'text-ok' },
    { names: changed, text: t('env.changes'), tone: 'text-warn' },
    { names: removed, text: t('env.removes'), tone: 'text-error' },
  ].filter(({ names }) => names.length > 0)
  if (parts.length === 0) return <span className="text-muted">{t('env.changesNothing')}</span>
  return (
    <ul className="flex flex-col gap-0.5">
      {parts.map(({ names, text, tone }) => (
        <li key={text} className="flex min-w-0 gap-2">
          <span className={`w-16 shrink-0 font-medium ${tone}`}>{text}</span>
          <code className="min-w-0 font-mono break-words">{names.join(' ')}</code>
        </li>
      ))}
    </ul>
  )
}
