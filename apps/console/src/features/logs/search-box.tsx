import { Regex, Search } from 'lucide-react'
import { useEffect, useState } from 'react'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'

const TYPING_MS = 250

/** What is looked for. It goes into the address when one has stopped typing: each change is a search. */
export function SearchBox({
  value,
  isRegex,
  onChange,
}: {
  value: string
  isRegex: boolean
  onChange: (change: { q?: string | undefined; re?: true | undefined }) => void
}) {
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  const invalid = isRegex && !isExpression(text)
  useEffect(() => {
    if (text === value || invalid) return
    const timer = setTimeout(() => onChange({ q: text || undefined }), TYPING_MS)
    return () => clearTimeout(timer)
  }, [text, value, invalid, onChange])
  return (
    <div className="relative w-64 min-w-40 shrink grow-0">
      <Search size={14} aria-hidden className="absolute top-[9px] left-2.5 text-subtle" />
      <input
        type="search"
        aria-label={t('logs.search')}
        aria-invalid={invalid || undefined}
        value={text}
        placeholder={isRegex ? t('logs.searchRegex') : t('logs.search')}
        onChange={(event) => setText(event.target.value)}
        className={cx(
          'h-8 w-full rounded-control border border-control bg-bg pr-8 pl-8 text-ui aria-invalid:border-error [&::-webkit-search-cancel-button]:hidden',
          isRegex && 'font-mono text-small',
        )}
      />
      <IconButton
        label={t('logs.regex')}
        small
        aria-pressed={isRegex}
        onClick={() => onChange({ re: isRegex ? undefined : true })}
        className="absolute top-1 right-1 aria-pressed:bg-accent-tint aria-pressed:text-accent"
      >
        <Regex size={14} aria-hidden />
      </IconButton>
    </div>
  )
}

export function isExpression(text: string): boolean {
  try {
    new RegExp(text, 'iu')
    return true
  } catch {
    return false
  }
}
