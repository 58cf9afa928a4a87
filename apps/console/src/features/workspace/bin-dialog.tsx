import type { DeletedFunction } from '@lathe/shared'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ErrorLine, ErrorView } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Dialog } from '../../components/ui/dialog.tsx'
import { Field } from '../../components/ui/field.tsx'
import { reasonOf } from '../../data/errors.ts'
import { deletedQuery, useRestoreFunction } from '../../data/functions.ts'
import { t } from '../../i18n/i18n.ts'
import { formatDateTime } from '../../lib/format.ts'

/** What was deleted, to be taken back. */
export function BinDialog({
  appid,
  onClose,
  onRestored,
}: {
  appid: string
  onClose: () => void
  onRestored: (name: string) => void
}) {
  const bin = useQuery(deletedQuery(appid))
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('bin.title')}
      description={t('bin.text')}
      size="l"
    >
      {bin.error && <ErrorView what={t('bin.title')} error={bin.error} onRetry={() => void bin.refetch()} />}
      <ul
        aria-label={t('bin.title')}
        className="mt-3 min-h-24 overflow-y-auto border-t border-line px-5 pb-4"
      >
        {bin.data?.length === 0 && <li className="py-6 text-ui text-muted">{t('bin.empty')}</li>}
        {bin.data?.map((fn) => (
          <Row key={fn.id} appid={appid} fn={fn} onRestored={onRestored} />
        ))}
      </ul>
    </Dialog>
  )
}

function Row({
  appid,
  fn,
  onRestored,
}: {
  appid: string
  fn: DeletedFunction
  onRestored: (name: string) => void
}) {
  const restore = useRestoreFunction()
  const taken = reasonOf(restore.error) === 'NAME_TAKEN'
  const [newName, setNewName] = useState(`${fn.name}-restored`)
  const submit = () =>
    restore.mutate(
      { appid, id: fn.id, ...(taken ? { newName } : {}) },
      { onSuccess: ({ name }) => onRestored(name) },
    )
  return (
    <li className="flex flex-col border-b border-line py-2 last:border-b-0">
      <div className="flex items-center gap-3">
        <div className="min-w-0 grow">
          <p className="truncate font-mono text-small">{fn.name}</p>
          <p className="text-small text-muted">
            {t('bin.deletedBy', { who: fn.deletedBy, at: formatDateTime(fn.deletedAt) })}
          </p>
        </div>
        <Button
          size="s"
          aria-label={t('bin.restoreAs', { name: fn.name })}
          busy={restore.isPending}
          onClick={submit}
        >
          {t('bin.restore')}
        </Button>
      </div>
      {taken && (
        <Field label={t('functions.name')} value={newName} onChange={(e) => setNewName(e.target.value)} />
      )}
      {restore.error && <ErrorLine error={restore.error} />}
    </li>
  )
}
