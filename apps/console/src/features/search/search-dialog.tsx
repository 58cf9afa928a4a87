import { CaseSensitive, Regex, WholeWord } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { Dialog } from '../../components/ui/dialog.tsx'
import { Field } from '../../components/ui/field.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { t } from '../../i18n/i18n.ts'
import { useEditorBridge } from '../../stores/editor-bridge.ts'
import { type SearchQuery, useSearchQuery } from '../../stores/search.ts'
import { type Hit, MAX_HITS, patternOf, type SearchResult } from './matcher.ts'
import { runSearch } from './run-search.ts'

const RESTS_MS = 150

/** Find and replace over all functions; what is replaced is looked at first. */
export function SearchDialog({ onClose }: { onClose: () => void }) {
  const query = useSearchQuery()
  const set = (change: Partial<SearchQuery>) => useSearchQuery.setState(change)
  const found = useSearch(query)
  // What is shown may still be of the query before: that must not be written.
  const replaceable =
    found.state === 'found' && found.result.total > 0 && isSame(found.query, query) ? found.result : null
  const replaceAll = () => {
    if (!replaceable) return
    onClose()
    useEditorBridge.getState().reviewTexts(t('search.replaceTitle', { from: query.find }), replaceable.files)
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('search.title')}
      description={t('search.text')}
      size="l"
    >
      <form
        className="flex flex-col gap-1 px-5 pt-4"
        onSubmit={(event) => {
          event.preventDefault()
          const first = found.state === 'found' && found.result.hits[0]
          if (!first) return
          onClose()
          useEditorBridge.getState().open(first)
        }}
      >
        <div className="flex items-start gap-1">
          <Field
            className="grow"
            label={t('search.find')}
            value={query.find}
            autoFocus
            onFocus={(e) => e.target.select()}
            onChange={(e) => set({ find: e.target.value })}
            error={found.state === 'failed' ? found.why : null}
          />
          <div className="mt-[22px] flex">
            <Toggle
              label={t('search.case')}
              on={query.matchCase}
              onToggle={(matchCase) => set({ matchCase })}
            >
              <CaseSensitive size={16} aria-hidden />
            </Toggle>
            <Toggle
              label={t('search.word')}
              on={query.wholeWord}
              onToggle={(wholeWord) => set({ wholeWord })}
            >
              <WholeWord size={16} aria-hidden />
            </Toggle>
            <Toggle label={t('search.regex')} on={query.regex} onToggle={(regex) => set({ regex })}>
              <Regex size={16} aria-hidden />
            </Toggle>
          </div>
        </div>
        <div className="flex items-start gap-2">
          <Field
            className="grow"
            label={t('search.replace')}
            value={query.replace}
            onChange={(e) => set({ replace: e.target.value })}
          />
          <Button className="mt-5" disabled={replaceable === null} onClick={replaceAll}>
            {t('search.replaceAll')}
          </Button>
        </div>
      </form>
      <p role="status" className="min-h-6 px-5 text-small text-muted">
        {found.state === 'found' &&
          (found.result.total === 0
            ? t('search.none')
            : t('search.count', { n: found.result.total, files: found.result.files.length }))}
        {found.state === 'found' && found.result.total > MAX_HITS && ` ${t('search.more')}`}
      </p>
      <ul
        aria-label={t('search.results')}
        className="min-h-40 grow overflow-y-auto border-t border-line p-2 pb-3"
      >
        {found.state === 'found' &&
          found.result.hits.slice(0, 400).map((hit) => (
            <HitRow
              key={`${hit.name}:${hit.line}:${hit.column}`}
              hit={hit}
              onOpen={() => {
                onClose()
                useEditorBridge.getState().open(hit)
              }}
            />
          ))}
      </ul>
    </Dialog>
  )
}

function Toggle({
  label,
  on,
  onToggle,
  children,
}: {
  label: string
  on: boolean
  onToggle: (on: boolean) => void
  children: ReactNode
}) {
  return (
    <IconButton
      label={label}
      aria-pressed={on}
      className="aria-pressed:bg-raised aria-pressed:text-accent"
      onClick={() => onToggle(!on)}
    >
      {children}
    </IconButton>
  )
}

function HitRow({ hit, onOpen }: { hit: Hit; onOpen: () => void }) {
  return (
    <li>
      <button
        type="button"
        onClick={onOpen}
        className="flex h-7 w-full items-center gap-3 rounded-kbd px-3 text-left font-mono text-small -outline-offset-2 hover:bg-raised"
      >
        <span className="w-44 shrink-0 truncate text-muted">
          {hit.name}:{hit.line}
        </span>
        <span className="flex min-w-0 grow whitespace-pre">
          {/* Of a long line the beginning is cut off, not the place. */}
          <span className="flex max-w-1/2 justify-end overflow-hidden">
            <span className="shrink-0">{hit.before}</span>
          </span>
          <span className="min-w-0 truncate">
            <mark className="rounded-xs bg-warn-tint text-fg">{hit.match}</mark>
            {hit.after}
          </span>
        </span>
      </button>
    </li>
  )
}

type Found =
  | { state: 'nothing' }
  | { state: 'failed'; why: string }
  | { state: 'found'; result: SearchResult; query: SearchQuery }

function isSame(one: SearchQuery, other: SearchQuery): boolean {
  return (Object.keys(one) as (keyof SearchQuery)[]).every((key) => one[key] === other[key])
}

/** The newest query's places; an older search is ended, not waited for. */
function useSearch({ find, replace, matchCase, wholeWord, regex }: SearchQuery): Found {
  const ready = useEditorBridge((s) => s.ready)
  const [found, setFound] = useState<Found>({ state: 'nothing' })
  useEffect(() => {
    const query = { find, replace, matchCase, wholeWord, regex }
    if (find === '' || !ready) {
      setFound({ state: 'nothing' })
      return
    }
    try {
      patternOf(query)
    } catch (error) {
      const why = error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : ''
      setFound({ state: 'failed', why: t('search.badRegex', { why }) })
      return
    }
    const ended = new AbortController()
    const look = async () => {
      const files = await useEditorBridge.getState().texts()
      if (ended.signal.aborted) return
      const result = await runSearch(files, query, ended.signal)
      if (ended.signal.aborted) return
      setFound(result ? { state: 'found', result, query } : { state: 'failed', why: t('search.tooSlow') })
    }
    const timer = setTimeout(() => {
      look().catch((error: unknown) => {
        if (!ended.signal.aborted) setFound({ state: 'failed', why: String(error) })
      })
    }, RESTS_MS)
    return () => {
      clearTimeout(timer)
      ended.abort()
    }
  }, [find, replace, matchCase, wholeWord, regex, ready])
  return found
}
