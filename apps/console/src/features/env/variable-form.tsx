import type { EnvChange, EnvVariableView } from '@lathe/shared'
import { ENV_KEPT, envLimits, envNameProblem, isReservedEnvName } from '@lathe/shared/env-text'
import { useId, useState } from 'react'
import { InputError } from '../../components/input-error.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { DialogActions } from '../../components/ui/dialog.tsx'
import { controlLook, Field } from '../../components/ui/field.tsx'
import { useSetEnv } from '../../data/env.ts'
import { t } from '../../i18n/i18n.ts'
import { useFocus } from '../../lib/use-focus.ts'

interface Props {
  appid: string
  names: string[]
  /** Several lines, or NAME=value, were pasted where a name goes. */
  onPasteText: (text: string) => void
  onDone: (change: EnvChange) => void
  onClose: () => void
}

/** A new variable, or a new value of one; that of a secret is not there to be shown. */
export function VariableForm({
  appid,
  variable,
  names,
  onPasteText,
  onDone,
  onClose,
}: Props & { variable: EnvVariableView | null }) {
  const [name, setName] = useState(variable?.name ?? '')
  /** Null: not touched, what is stored stays. */
  const [value, setValue] = useState(variable ? variable.value : '')
  const [secret, setSecret] = useState(variable?.secret ?? true)
  const set = useSetEnv()
  const id = useId()
  const box = useFocus<HTMLTextAreaElement>(variable !== null)
  const problem = variable || name === '' ? null : nameProblem(name, names)
  const needsValue = variable?.secret === true && !secret && value === null
  const canSave = name !== '' && !problem && !needsValue
  const save = () => {
    if (!canSave || set.isPending) return
    const changed = value === null ? {} : { value }
    set.mutate({ appid, name, secret, ...changed }, { onSuccess: onDone })
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
    >
      <div className="flex flex-col px-5 pt-4">
        {variable === null && (
          <Field
            label={t('env.name')}
            value={name}
            maxLength={envLimits.nameChars}
            autoFocus
            placeholder="API_KEY"
            onChange={(event) => setName(event.target.value.trim())}
            onPaste={(event) => {
              const text = event.clipboardData.getData('text')
              if (!/[\n=]/.test(text)) return
              event.preventDefault()
              onPasteText(text)
            }}
            error={problem}
            hint={t('env.nameHint')}
          />
        )}
        <label htmlFor={id} className="mt-1 mb-1 text-small font-medium text-muted">
          {t('env.value')}
        </label>
        <textarea
          id={id}
          rows={3}
          spellCheck={false}
          autoComplete="off"
          ref={box}
          value={value ?? ''}
          placeholder={variable?.secret ? ENV_KEPT : ''}
          aria-describedby={`${id}-note`}
          onChange={(event) => setValue(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) save()
          }}
          className={`${controlLook} w-full resize-y py-1.5 font-mono text-small`}
        />
        <p id={`${id}-note`} aria-live="polite" className="mt-1 mb-2 min-h-4 text-small text-subtle">
          {needsValue ? t('env.needsValue') : variable?.secret && value === null ? t('env.keptHint') : ''}
        </p>
        <Checkbox
          label={t('env.secretLabel')}
          hint={t('env.secretHint')}
          checked={secret}
          onChange={setSecret}
        />
        <div className="mt-2">
          <InputError error={set.error} />
        </div>
      </div>
      <DialogActions>
        <Button look="quiet" onClick={onClose}>
          {t('action.cancel')}
        </Button>
        <Button type="submit" look="solid" busy={set.isPending} disabled={!canSave}>
          {t('action.save')}
        </Button>
      </DialogActions>
    </form>
  )
}

function nameProblem(name: string, names: string[]): string | null {
  if (names.includes(name)) return t('env.nameTaken', { name })
  if (isReservedEnvName(name)) return t('env.reserved', { name })
  return envNameProblem(name) === null ? null : t('env.badName')
}
