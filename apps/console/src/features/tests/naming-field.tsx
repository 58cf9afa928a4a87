import type { CaseView } from '@lathe/shared'
import { useEffect, useRef, useState } from 'react'
import { inputLook } from '../../components/ui/field.tsx'
import { useSaveCase } from '../../data/cases.ts'
import { t } from '../../i18n/i18n.ts'
import { useTests } from '../../stores/tests.ts'

const done = () => useTests.setState({ naming: null })

/** A case's name, to be typed over: Enter keeps it, Escape leaves it as it was. */
export function NamingField({ appid, one }: { appid: string; one: CaseView }) {
  const [name, setName] = useState(one.name)
  const save = useSaveCase()
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.select(), [])
  const keep = () => {
    if (name.trim() && name.trim() !== one.name) {
      const { id, functionName, request, expectations } = one
      save.mutate({ appid, id, functionName, name: name.trim(), request, expectations })
    }
    done()
  }
  return (
    <form
      className="px-3 pt-3"
      onSubmit={(event) => {
        event.preventDefault()
        keep()
      }}
    >
      <input
        ref={field}
        aria-label={t('tests.caseName')}
        value={name}
        maxLength={120}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setName(event.target.value)}
        onKeyDown={(event) => event.key === 'Escape' && done()}
        onBlur={keep}
        className={inputLook}
      />
    </form>
  )
}
