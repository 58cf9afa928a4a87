import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Choice } from '../../components/ui/choice.tsx'
import { Dialog } from '../../components/ui/dialog.tsx'
import { variableSetsQuery } from '../../data/variable-sets.ts'
import { t } from '../../i18n/i18n.ts'
import { VariableSetForm } from './variable-set-form.tsx'

/** The app's sets of variables: one is chosen and changed at a time. Secret values go in and never come out. */
export function VariableSetsDialog({
  appid,
  open,
  start,
  onSaved,
  onClose,
}: {
  appid: string
  open: boolean
  /** The set that is shown first. */
  start: string
  onSaved: (id: string) => void
  onClose: () => void
}) {
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      title={t('variables.title')}
      description={t('variables.text', { example: '{{token}}' })}
      size="l"
    >
      <Sets appid={appid} start={start} onSaved={onSaved} onClose={onClose} />
    </Dialog>
  )
}

function Sets({
  appid,
  start,
  onSaved,
  onClose,
}: {
  appid: string
  start: string
  onSaved: (id: string) => void
  onClose: () => void
}) {
  const sets = useQuery(variableSetsQuery(appid))
  const [chosen, setChosen] = useState(start)
  const set = sets.data?.find(({ id }) => id === chosen) ?? null
  if (sets.data === undefined) return null
  return (
    <>
      {sets.data.length > 0 && (
        <div className="px-5 pt-4">
          <Choice label={t('variables.set')} value={set?.id ?? ''} onChange={setChosen}>
            <option value="">{t('variables.new')}</option>
            {sets.data.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </Choice>
        </div>
      )}
      <VariableSetForm
        key={`${set?.id}:${set?.version}`}
        appid={appid}
        set={set}
        onSaved={(id) => {
          onSaved(id)
          onClose()
        }}
        onDeleted={() => setChosen('')}
        onClose={onClose}
      />
    </>
  )
}
