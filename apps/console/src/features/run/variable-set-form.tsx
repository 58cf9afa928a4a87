import type { VariableSetView } from '@lathe/shared'
import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { InputError } from '../../components/input-error.tsx'
import { Button } from '../../components/ui/button.tsx'
import { DialogActions } from '../../components/ui/dialog.tsx'
import { Field, inputLook } from '../../components/ui/field.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { useDeleteVariableSet, useSaveVariableSet } from '../../data/variable-sets.ts'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'

/** `value` null: not touched, what is stored stays. */
interface Row {
  name: string
  value: string | null
  secret: boolean
}

/** One set with its variables, or a new one. */
export function VariableSetForm({
  appid,
  set,
  onSaved,
  onDeleted,
  onClose,
}: {
  appid: string
  set: VariableSetView | null
  onSaved: (id: string) => void
  onDeleted: () => void
  onClose: () => void
}) {
  const fresh: Row = { name: '', value: '', secret: true }
  const [name, setName] = useState(set?.name ?? '')
  const [rows, setRows] = useState<Row[]>(set ? set.variables : [fresh])
  const save = useSaveVariableSet()
  const remove = useDeleteVariableSet()
  const change = (index: number, part: Partial<Row>) =>
    setRows(rows.with(index, { ...rows[index]!, ...part }))
  const submit = () => {
    const variables = rows
      .filter((row) => row.name.trim())
      .map(({ name, value, secret }) => ({ name: name.trim(), secret, ...(value === null ? {} : { value }) }))
    const at = set ? { id: set.id, baseVersion: set.version } : {}
    save.mutate({ appid, name, variables, ...at }, { onSuccess: ({ id }) => onSaved(id) })
  }
  return (
    <form
      className="flex min-h-0 flex-col"
      onSubmit={(event) => {
        event.preventDefault()
        // The dialog is opened from the request's form: to React, it is inside of that.
        event.stopPropagation()
        if (!save.isPending) submit()
      }}
    >
      <div className="flex min-h-0 flex-col gap-2 overflow-y-auto px-5 pt-3 pb-1">
        <Field
          label={t('variables.name')}
          value={name}
          autoFocus={set === null}
          placeholder="staging"
          maxLength={64}
          onChange={(e) => setName(e.target.value)}
        />
        <ul aria-label={t('variables.list')} className="flex flex-col gap-2">
          {rows.map((row, index) => (
            <VariableRow
              key={index}
              n={index + 1}
              row={row}
              onChange={(part) => change(index, part)}
              onRemove={() => setRows(rows.toSpliced(index, 1))}
            />
          ))}
        </ul>
        <div>
          <Button size="s" icon={<Plus size={13} aria-hidden />} onClick={() => setRows([...rows, fresh])}>
            {t('variables.add')}
          </Button>
        </div>
        <InputError error={save.error ?? remove.error} />
      </div>
      <DialogActions>
        {set && (
          <Button
            look="danger"
            className="mr-auto"
            busy={remove.isPending}
            onClick={() => remove.mutate({ appid, id: set.id }, { onSuccess: onDeleted })}
          >
            {t('variables.delete')}
          </Button>
        )}
        <Button look="quiet" onClick={onClose}>
          {t('action.cancel')}
        </Button>
        <Button type="submit" look="solid" busy={save.isPending} disabled={name.trim() === ''}>
          {t('action.save')}
        </Button>
      </DialogActions>
    </form>
  )
}

function VariableRow({
  n,
  row,
  onChange,
  onRemove,
}: {
  n: number
  row: Row
  onChange: (part: Partial<Row>) => void
  onRemove: () => void
}) {
  return (
    <li className="flex items-center gap-2">
      <input
        aria-label={t('run.rowName', { n })}
        value={row.name}
        placeholder="token"
        spellCheck={false}
        autoComplete="off"
        onChange={(e) => onChange({ name: e.target.value })}
        className={cx(inputLook, 'max-w-48 font-mono text-small')}
      />
      <input
        aria-label={t('run.rowValue', { n })}
        type={row.secret ? 'password' : 'text'}
        value={row.value ?? ''}
        placeholder={row.value === null ? t('variables.kept') : ''}
        spellCheck={false}
        autoComplete="off"
        onChange={(e) => onChange({ value: e.target.value })}
        className={cx(inputLook, 'font-mono text-small')}
      />
      <label className="flex h-8 shrink-0 items-center gap-1.5 text-small text-muted">
        <input
          type="checkbox"
          checked={row.secret}
          // A stored secret becomes plain only with its value typed anew.
          onChange={(e) => onChange({ secret: e.target.checked })}
          className="size-3.5 accent-solid"
        />
        {t('variables.secret')}
      </label>
      <IconButton label={t('run.removeRow', { n })} onClick={onRemove}>
        <X size={14} aria-hidden />
      </IconButton>
    </li>
  )
}
