import { variableNames } from '@lathe/shared'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Select } from '../../components/ui/select.tsx'
import { variableSetsQuery } from '../../data/variable-sets.ts'
import { t } from '../../i18n/i18n.ts'
import { changeRequest } from '../../stores/requests.ts'
import { type PanelRequest, textsOf } from './request.ts'
import { VariableSetsDialog } from './variable-sets-dialog.tsx'

const EDIT = 'edit'

/** Which set of variables the request takes its values from; sets are made and changed from here, too. */
export function VariableChoice({
  appid,
  requestKey,
  value,
}: {
  appid: string
  requestKey: string
  value: string
}) {
  const sets = useQuery(variableSetsQuery(appid))
  const [editing, setEditing] = useState(false)
  const choose = (id: string) => changeRequest(requestKey, { variableSet: id })
  const isGone = value !== '' && sets.data !== undefined && !sets.data.some(({ id }) => id === value)
  return (
    <>
      <Select
        aria-label={t('variables.choose')}
        title={t('variables.chooseHint', { example: '{{token}}' })}
        small
        className="max-w-[130px] shrink-0"
        value={value}
        onChange={(e) => (e.target.value === EDIT ? setEditing(true) : choose(e.target.value))}
      >
        <option value="">{t('variables.none')}</option>
        {sets.data?.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
        {isGone && <option value={value}>{t('variables.gone')}</option>}
        <option value={EDIT}>{t('variables.edit')}</option>
      </Select>
      <VariableSetsDialog
        appid={appid}
        open={editing}
        start={value}
        onSaved={choose}
        onClose={() => setEditing(false)}
      />
    </>
  )
}

/** Names that the request refers to, and that will not have a value when it is sent now. */
export function Unresolved({ appid, request }: { appid: string; request: PanelRequest }) {
  const sets = useQuery(variableSetsQuery(appid))
  const names = [...new Set(textsOf(request).flatMap(variableNames))]
  const set = sets.data?.find(({ id }) => id === request.variableSet)
  const missing = names.filter((name) => !set?.variables.some((variable) => variable.name === name))
  if (missing.length === 0 || sets.data === undefined) return null
  const list = missing.map((name) => `{{${name}}}`).join(', ')
  return (
    <p role="status" className="text-small text-warn">
      {set
        ? t('variables.unresolved', { names: list, set: set.name })
        : t('variables.noSet', { names: list })}
    </p>
  )
}
