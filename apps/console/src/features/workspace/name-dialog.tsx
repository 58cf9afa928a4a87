import { functionNameSchema } from '@lathe/shared'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Dialog, DialogActions } from '../../components/ui/dialog.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Select } from '../../components/ui/select.tsx'
import { useCreateFunction } from '../../data/functions.ts'
import { t } from '../../i18n/i18n.ts'
import { moveFunctions } from './move-function.ts'
import { templateSource, templates } from './templates.ts'

export type NameTask = { kind: 'create'; folder: string } | { kind: 'rename'; name: string }

/** Asks for a function's name: for a new one, or to rename or move one. */
export function NameDialog(props: {
  appid: string
  task: NameTask | null
  onClose: () => void
  onDone: (name: string) => void
  onRenamed: (oldName: string) => void
}) {
  const { task, onClose } = props
  return (
    <Dialog
      open={task !== null}
      onOpenChange={(open) => !open && onClose()}
      title={task?.kind === 'rename' ? t('functions.renameTitle', { name: task.name }) : t('functions.new')}
      description={task?.kind === 'rename' ? t('functions.renameText') : t('functions.newText')}
    >
      {task && <NameForm {...props} task={task} />}
    </Dialog>
  )
}

function NameForm({
  appid,
  task,
  onClose,
  onDone,
  onRenamed,
}: Parameters<typeof NameDialog>[0] & { task: NameTask }) {
  const [name, setName] = useState(task.kind === 'create' ? task.folder : task.name)
  const [template, setTemplate] = useState(templates[0]!)
  const create = useCreateFunction()
  const rename = useMutation({
    mutationFn: (newName: string) =>
      moveFunctions(appid, [{ name: task.kind === 'rename' ? task.name : '', newName }]),
  })
  const valid = functionNameSchema.safeParse(name).success
  const submit = async () => {
    if (!valid || create.isPending || rename.isPending) return
    if (task.kind === 'create') {
      const source = await templateSource(template.id)
      create.mutate(
        { appid, name, ...(source ? { source } : {}) },
        {
          onSuccess: (fn) => {
            onClose()
            onDone(fn.name)
          },
        },
      )
    } else if (name === task.name) onClose()
    else {
      rename.mutate(name, {
        onSuccess: () => {
          onClose()
          onRenamed(task.name)
          onDone(name)
        },
      })
    }
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <div className="flex flex-col gap-2 px-5 pt-4">
        <Field
          label={t('functions.name')}
          value={name}
          onChange={(e) => setName(e.target.value)}
          maxLength={128}
          autoFocus
          onFocus={(e) =>
            e.target.setSelectionRange(e.target.value.lastIndexOf('/') + 1, e.target.value.length)
          }
          placeholder="users/list"
          error={name && !valid && !name.endsWith('/') ? t('functions.badName') : null}
          hint={valid ? t('functions.answersAt', { path: `/${name}` }) : t('functions.nameHint')}
        />
        {task.kind === 'create' && (
          <div className="flex flex-col gap-1">
            <span aria-hidden className="text-small font-medium text-muted">
              {t('functions.template')}
            </span>
            <Select
              aria-label={t('functions.template')}
              value={template.id}
              onChange={(e) => {
                const chosen = templates.find(({ id }) => id === e.target.value)
                if (!chosen) return
                setTemplate(chosen)
                if (chosen.name && name === '') setName(chosen.name)
              }}
            >
              {templates.map(({ id, title }) => (
                <option key={id} value={id}>
                  {t(title as 'template.hello')}
                </option>
              ))}
            </Select>
            <p className="min-h-4 text-small text-subtle">
              {template.packages && t('template.needs', { packages: template.packages.join(', ') })}
              {template.name && template.name !== name && t('template.named', { name: template.name })}
            </p>
          </div>
        )}
        <ErrorLine error={create.error ?? rename.error} />
      </div>
      <DialogActions>
        <Button look="quiet" onClick={onClose}>
          {t('action.cancel')}
        </Button>
        <Button type="submit" look="solid" disabled={!valid} busy={create.isPending || rename.isPending}>
          {task.kind === 'create' ? t('functions.create') : t('action.rename')}
        </Button>
      </DialogActions>
    </form>
  )
}
