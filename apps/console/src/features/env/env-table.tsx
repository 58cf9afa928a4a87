import type { EnvVariableView } from '@lathe/shared'
import { ENV_KEPT } from '@lathe/shared/env-text'
import { LockKeyhole, Pencil, Trash2 } from 'lucide-react'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { t } from '../../i18n/i18n.ts'
import { formatAgo, formatDateTime } from '../../lib/format.ts'

/** The variables by name. A secret's value is not in the page at all. */
export function EnvTable({
  variables,
  onEdit,
  onRemove,
}: {
  variables: EnvVariableView[]
  onEdit: (variable: EnvVariableView) => void
  onRemove: (variable: EnvVariableView) => void
}) {
  const head = 'h-8 px-3 text-left text-label font-medium text-muted'
  return (
    <div className="overflow-hidden rounded-popover border border-line bg-surface">
      <table className="w-full table-fixed border-collapse">
        <caption className="sr-only">{t('env.title')}</caption>
        <thead className="border-b border-line bg-raised">
          <tr>
            <th scope="col" className={`${head} w-[34%]`}>
              {t('env.name')}
            </th>
            <th scope="col" className={head}>
              {t('env.value')}
            </th>
            <th scope="col" className={`${head} w-[20%] max-wide:hidden`}>
              {t('env.changed')}
            </th>
            <th scope="col" className={`${head} w-[76px]`}>
              <span className="sr-only">{t('env.actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {variables.map((variable) => (
            <Row
              key={variable.name}
              variable={variable}
              onEdit={() => onEdit(variable)}
              onRemove={() => onRemove(variable)}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({
  variable,
  onEdit,
  onRemove,
}: {
  variable: EnvVariableView
  onEdit: () => void
  onRemove: () => void
}) {
  const { name, value, updatedAt, updatedBy } = variable
  return (
    <tr className="border-t border-line first:border-0 hover:bg-raised/60">
      <th scope="row" className="h-10 px-3 text-left font-normal">
        <span className="flex min-w-0 items-center gap-1">
          <code className="truncate font-mono text-small" title={name}>
            {name}
          </code>
        </span>
      </th>
      <td className="px-3">
        {value === null ? (
          <span className="flex items-center gap-2">
            <code aria-hidden className="font-mono text-small text-subtle">
              {ENV_KEPT}
            </code>
            <span className="inline-flex h-5 items-center gap-1 rounded-full border border-line px-2 text-label text-muted">
              <LockKeyhole size={11} aria-hidden />
              {t('env.secret')}
            </span>
          </span>
        ) : (
          <span className="flex min-w-0 items-center gap-1">
            <code className="truncate font-mono text-small" title={value}>
              {value === '' ? <span className="text-subtle">{t('env.emptyValue')}</span> : value}
            </code>
            {value !== '' && <CopyButton text={value} label={t('env.copyValue', { name })} />}
          </span>
        )}
      </td>
      <td className="truncate px-3 text-small text-muted max-wide:hidden" title={formatDateTime(updatedAt)}>
        {t('env.changedBy', { ago: formatAgo(updatedAt), who: updatedBy })}
      </td>
      <td className="px-2">
        <span className="flex justify-end">
          <IconButton label={t('env.edit', { name })} onClick={onEdit}>
            <Pencil size={14} aria-hidden />
          </IconButton>
          <IconButton label={t('env.remove', { name })} onClick={onRemove}>
            <Trash2 size={14} aria-hidden />
          </IconButton>
        </span>
      </td>
    </tr>
  )
}
