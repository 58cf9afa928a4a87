import { X } from 'lucide-react'
import { useId } from 'react'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { t } from '../../i18n/i18n.ts'
import type { Pair } from './request.ts'

export const cell =
  'h-7 min-w-0 grow basis-0 bg-transparent px-2 font-mono text-small -outline-offset-2 outline-accent'

/** Rows of name and value; the last, empty row makes a new one. */
export function Pairs({
  label,
  pairs,
  suggestions,
  valuesOf,
  switches = false,
  onChange,
}: {
  label: string
  pairs: Pair[]
  suggestions?: readonly string[]
  /** Usual values of a name. */
  valuesOf?: (name: string) => readonly string[]
  switches?: boolean
  onChange: (pairs: Pair[]) => void
}) {
  const list = useId()
  const rows = [...pairs, { name: '', value: '', on: true }]
  const change = (index: number, part: Partial<Pair>) => {
    const next = rows.map((row, i) => (i === index ? { ...row, ...part } : row))
    onChange(next.filter((row, i) => i < pairs.length || row.name || row.value))
  }
  return (
    <fieldset aria-label={label} className="min-w-0 overflow-hidden rounded-control border border-line">
      {rows.map((row, index) => (
        <div key={index} className="flex items-center border-b border-line last:border-0">
          {switches && (
            <input
              type="checkbox"
              aria-label={t('run.sendRow', { n: index + 1 })}
              checked={row.on}
              disabled={index === pairs.length}
              onChange={(e) => change(index, { on: e.target.checked })}
              className="ml-2 size-3.5 accent-solid disabled:opacity-40"
            />
          )}
          <input
            aria-label={t('run.rowName', { n: index + 1 })}
            placeholder={index === pairs.length ? t('run.name') : ''}
            value={row.name}
            list={suggestions ? list : undefined}
            spellCheck={false}
            autoComplete="off"
            onChange={(e) => change(index, { name: e.target.value })}
            className={cell}
          />
          <span aria-hidden className="h-7 w-px bg-line" />
          <input
            aria-label={t('run.rowValue', { n: index + 1 })}
            placeholder={index === pairs.length ? t('run.value') : ''}
            value={row.value}
            list={valuesOf && valuesOf(row.name).length > 0 ? `${list}-${index}` : undefined}
            spellCheck={false}
            autoComplete="off"
            onChange={(e) => change(index, { value: e.target.value })}
            className={cell}
          />
          {valuesOf && <Options id={`${list}-${index}`} values={valuesOf(row.name)} />}
          <span className="flex w-7 justify-center">
            {index < pairs.length && (
              <IconButton
                label={t('run.removeRow', { n: index + 1 })}
                small
                onClick={() => onChange(pairs.filter((_, i) => i !== index))}
              >
                <X size={12} aria-hidden />
              </IconButton>
            )}
          </span>
        </div>
      ))}
      {suggestions && <Options id={list} values={suggestions} />}
    </fieldset>
  )
}

function Options({ id, values }: { id: string; values: readonly string[] }) {
  return (
    <datalist id={id}>
      {values.map((value) => (
        <option key={value} value={value} />
      ))}
    </datalist>
  )
}
