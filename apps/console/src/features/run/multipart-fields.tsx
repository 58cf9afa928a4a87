import { X } from 'lucide-react'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { t } from '../../i18n/i18n.ts'
import { FilePick } from './file-pick.tsx'
import { cell } from './pairs.tsx'
import type { Field } from './request.ts'

/** Rows of a form with files: each a name with a text or a file; the last, empty row makes a new one. */
export function MultipartFields({
  fields,
  onChange,
}: {
  fields: Field[]
  onChange: (fields: Field[]) => void
}) {
  const rows: Field[] = [...fields, { name: '', value: '', on: true, file: null }]
  const change = (index: number, part: Partial<Field>) =>
    onChange(rows.with(index, { ...rows[index]!, ...part }).slice(0, Math.max(fields.length, index + 1)))
  return (
    <fieldset
      aria-label={t('run.bodyMultipart')}
      className="min-w-0 shrink-0 overflow-hidden rounded-control border border-line"
    >
      {rows.map((row, index) => (
        <div key={index} className="flex items-center border-b border-line last:border-0">
          <input
            type="checkbox"
            aria-label={t('run.sendRow', { n: index + 1 })}
            checked={row.on}
            disabled={index === fields.length}
            onChange={(e) => change(index, { on: e.target.checked })}
            className="ml-2 size-3.5 shrink-0 accent-solid disabled:opacity-40"
          />
          <input
            aria-label={t('run.rowName', { n: index + 1 })}
            placeholder={index === fields.length ? t('run.name') : ''}
            value={row.name}
            spellCheck={false}
            autoComplete="off"
            onChange={(e) => change(index, { name: e.target.value })}
            className={cell}
          />
          <span aria-hidden className="h-7 w-px bg-line" />
          {!row.file && (
            <input
              aria-label={t('run.rowValue', { n: index + 1 })}
              placeholder={index === fields.length ? t('run.value') : ''}
              value={row.value}
              spellCheck={false}
              autoComplete="off"
              onChange={(e) => change(index, { value: e.target.value })}
              className={cell}
            />
          )}
          <div className={row.file ? 'min-w-0 grow basis-0' : 'w-24 shrink-0 overflow-hidden'}>
            <FilePick
              small
              label={t('run.chooseRow', { n: index + 1 })}
              file={row.file}
              onPick={(file) => change(index, { file, name: row.name || 'file' })}
            />
          </div>
          <span className="flex w-7 shrink-0 justify-center">
            {index < fields.length && (
              <IconButton
                label={t('run.removeRow', { n: index + 1 })}
                small
                onClick={() => onChange(fields.toSpliced(index, 1))}
              >
                <X size={12} aria-hidden />
              </IconButton>
            )}
          </span>
        </div>
      ))}
    </fieldset>
  )
}
