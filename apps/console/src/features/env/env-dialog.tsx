import type { EnvChange, EnvVariableView, EnvView } from '@lathe/shared'
import { Dialog } from '../../components/ui/dialog.tsx'
import { t } from '../../i18n/i18n.ts'
import { EnvTextForm } from './env-text-form.tsx'
import { RemoveForm } from './remove-form.tsx'
import { VariableForm } from './variable-form.tsx'

/** What a person is about to do with the variables. */
export type EnvTask =
  | { kind: 'add' }
  | { kind: 'edit'; variable: EnvVariableView }
  | { kind: 'remove'; variable: EnvVariableView }
  | { kind: 'text'; pasted: string }

/** One dialog for all tasks: what is pasted where a name goes turns it into the text, and the focus stays in it. */
export function EnvDialog({
  env,
  task,
  onTask,
  onDone,
}: {
  env: EnvView
  task: EnvTask | null
  onTask: (task: EnvTask | null) => void
  onDone: (change: EnvChange) => void
}) {
  const close = () => onTask(null)
  const { title, description } = headOf(task)
  return (
    <Dialog
      open={task !== null}
      onOpenChange={(open) => !open && close()}
      title={title}
      description={description}
      size={task?.kind === 'text' ? 'l' : 'm'}
    >
      {task?.kind === 'text' && (
        <EnvTextForm env={env} pasted={task.pasted} onDone={onDone} onClose={close} />
      )}
      {(task?.kind === 'add' || task?.kind === 'edit') && (
        <VariableForm
          appid={env.appid}
          variable={task.kind === 'edit' ? task.variable : null}
          names={env.variables.map(({ name }) => name)}
          onPasteText={(pasted) => onTask({ kind: 'text', pasted })}
          onDone={onDone}
          onClose={close}
        />
      )}
      {task?.kind === 'remove' && (
        <RemoveForm appid={env.appid} variable={task.variable} onDone={onDone} onClose={close} />
      )}
    </Dialog>
  )
}

function headOf(task: EnvTask | null): { title: string; description: string } {
  switch (task?.kind) {
    case 'add':
      return { title: t('env.add'), description: t('env.addText') }
    case 'edit':
      return { title: t('env.editTitle', { name: task.variable.name }), description: t('env.editText2') }
    case 'remove':
      return { title: t('env.removeTitle', { name: task.variable.name }), description: t('env.removeText') }
    case 'text':
      return { title: t('env.textTitle'), description: t('env.textText') }
    default:
      return { title: '', description: '' }
  }
}
