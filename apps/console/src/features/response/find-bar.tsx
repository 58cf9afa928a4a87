import { ChevronDown, ChevronUp, FoldVertical, UnfoldVertical } from 'lucide-react'
import { useEffect, useState } from 'react'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { t } from '../../i18n/i18n.ts'
import { findInText, MOST_MATCHES } from './find-in-text.ts'

/** Finds in a text: says how often, goes from one to the next. */
export function FindBar({
  text,
  query,
  onQuery,
  onMatch,
  onFoldAll,
}: {
  text: string
  query: string
  onQuery: (query: string) => void
  /** A position of the text that was chosen, and which of the matches it is. */
  onMatch: (position: number, index: number) => void
  /** Of what folds. */
  onFoldAll?: (isFolded: boolean) => void
}) {
  const [matches, setMatches] = useState<number[]>([])
  /** Which of them one is at; -1 = none yet. */
  const [at, setAt] = useState(-1)
  useEffect(() => {
    const late = new AbortController()
    findInText(text, query, late.signal).then(setMatches, () => {})
    return () => late.abort()
  }, [text, query])
  useEffect(() => setAt(-1), [query])
  const go = (by: number) => {
    if (matches.length === 0) return
    const next =
      at < 0 || at >= matches.length
        ? by > 0
          ? 0
          : matches.length - 1
        : (at + by + matches.length) % matches.length
    setAt(next)
    onMatch(matches[next]!, next)
  }
  const most = matches.length >= MOST_MATCHES ? '+' : ''
  return (
    <div className="flex h-8 shrink-0 items-center gap-1 border-b border-line px-2">
      <input
        type="search"
        aria-label={t('run.find')}
        placeholder={t('run.find')}
        value={query}
        spellCheck={false}
        autoComplete="off"
        onChange={(e) => onQuery(e.target.value)}
        onKeyDown={(e) => {
          if (e.key !== 'Enter' || e.nativeEvent.isComposing) return
          e.preventDefault()
          go(e.shiftKey ? -1 : 1)
        }}
        className="h-6 min-w-0 grow rounded-control bg-transparent px-1 text-small outline-none focus-visible:outline-2 focus-visible:outline-accent"
      />
      <span role="status" className="text-small text-subtle tabular-nums">
        {query === '' ? '' : t('run.matches', { n: `${matches.length}${most}` })}
      </span>
      <IconButton label={t('run.previous')} small disabled={matches.length === 0} onClick={() => go(-1)}>
        <ChevronUp size={14} aria-hidden />
      </IconButton>
      <IconButton label={t('run.next')} small disabled={matches.length === 0} onClick={() => go(1)}>
        <ChevronDown size={14} aria-hidden />
      </IconButton>
      {onFoldAll && (
        <>
          <IconButton label={t('run.foldAll')} small onClick={() => onFoldAll(true)}>
            <FoldVertical size={14} aria-hidden />
          </IconButton>
          <IconButton label={t('run.unfoldAll')} small onClick={() => onFoldAll(false)}>
            <UnfoldVertical size={14} aria-hidden />
          </IconButton>
        </>
      )}
    </div>
  )
}
