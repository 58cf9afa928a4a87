import type { ConsoleValue } from '@lathe/shared'
import { t } from '../../i18n/i18n.ts'

const cell = 'border border-line px-2 text-left align-top'

/** What `console.table` was given: a row per entry, a column per name in any of them, and values that have none. */
export function ValueTable({ value, columns }: { value: ConsoleValue; columns: string[] }) {
  const rows = value.inside ?? []
  const found = new Set(
    rows.flatMap(([, row]) => (isPlain(row) ? [] : (row.inside ?? []).map(([name]) => name))),
  )
  const names = columns.length > 0 ? columns : [...found]
  const hasValues = columns.length === 0 && rows.some(([, row]) => isPlain(row))
  if (rows.length === 0) return null
  return (
    <div className="overflow-x-auto py-1">
      <table className="border-collapse text-fg">
        <thead>
          <tr className="text-muted">
            <th scope="col" className={cell}>
              {t('console.tableIndex')}
            </th>
            {names.map((name) => (
              <th key={name} scope="col" className={cell}>
                {name}
              </th>
            ))}
            {hasValues && (
              <th scope="col" className={cell}>
                {t('console.tableValue')}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map(([index, row], at) => {
            const cells = new Map(row.inside)
            return (
              <tr key={at}>
                <th scope="row" className={`${cell} font-normal text-muted`}>
                  {index}
                </th>
                {names.map((name) => (
                  <td key={name} className={cell}>
                    {isPlain(row) ? '' : (cells.get(name)?.text ?? '')}
                  </td>
                ))}
                {hasValues && <td className={cell}>{isPlain(row) ? row.text : ''}</td>}
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

/** It has no cells of its own. */
const isPlain = (row: ConsoleValue) => row.inside === undefined
