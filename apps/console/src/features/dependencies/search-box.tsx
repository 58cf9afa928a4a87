import type { PackageHit } from '@lathe/shared'
import { type KeyboardEvent, useRef } from 'react'
import { Field } from '../../components/ui/field.tsx'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { formatAgo } from '../../lib/format.ts'
import { Mark } from './dependency-table.tsx'

/** A search with its results below; the arrow keys lead into them and back. */
export function SearchBox({
  text,
  onText,
  hits,
  selected,
  onChoose,
  busy,
  message,
  nothing,
}: {
  text: string
  onText: (text: string) => void
  hits: PackageHit[]
  selected: string | null
  onChoose: (hit: PackageHit) => void
  busy: boolean
  message: string | null
  nothing: boolean
}) {
  const list = useRef<HTMLUListElement>(null)
  const input = useRef<HTMLInputElement>(null)
  const buttons = () => [...(list.current?.querySelectorAll('button') ?? [])]
  const move = (event: KeyboardEvent, from: number) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    const target = from + step
    if (target < 0) input.current?.focus()
    else buttons()[target]?.focus()
  }
  return (
    <div className="flex flex-col gap-1">
      <Field
        ref={input}
        label={t('deps.search')}
        value={text}
        autoFocus
        maxLength={214}
        placeholder="zod"
        onChange={(event) => onText(event.target.value)}
        onKeyDown={(event) => move(event, -1)}
        hint={
          nothing ? t('deps.nothing') : (message ?? (busy && text.trim() !== '' ? t('deps.searching') : null))
        }
      />
      <ul
        ref={list}
        aria-label={t('deps.results')}
        className="max-h-52 overflow-y-auto rounded-control border border-line empty:hidden"
      >
        {hits.map((hit, index) => (
          <li key={hit.name} className="border-t border-line first:border-0">
            <button
              type="button"
              aria-pressed={selected === hit.name}
              aria-label={hit.name}
              onClick={() => onChoose(hit)}
              onKeyDown={(event) => move(event, index)}
              className={cx(
                'flex w-full flex-col gap-0.5 px-3 py-1.5 text-left hover:bg-raised',
                selected === hit.name && 'bg-raised',
              )}
            >
              <span className="flex flex-wrap items-center gap-1.5">
                <code className="font-mono text-small font-medium">{hit.name}</code>
                <span className="font-mono text-small text-muted tabular-nums">{hit.version}</span>
                {hit.exact && <Mark>{t('deps.exact')}</Mark>}
                {hit.types === 'own' && <Mark>{t('deps.typed')}</Mark>}
                {hit.types === '@types' && <Mark>@types</Mark>}
                {hit.license && <Mark>{hit.license}</Mark>}
                {hit.deprecated && (
                  <Mark tone="warn" title={hit.deprecated}>
                    {t('deps.deprecated')}
                  </Mark>
                )}
                <span className="grow text-right text-label text-subtle tabular-nums">
                  {hit.weeklyDownloads === null ? '' : t('deps.weekly', { count: hit.weeklyDownloads })}{' '}
                  {hit.publishedAt === null ? '' : formatAgo(hit.publishedAt)}
                </span>
              </span>
              <span className="truncate text-small text-muted">{hit.description}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
