import { type LogLine, logLevelSchema } from '@lathe/shared'
import { Eraser } from 'lucide-react'
import { useMemo } from 'react'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Select } from '../../components/ui/select.tsx'
import { t } from '../../i18n/i18n.ts'
import { formatClock } from '../../lib/format.ts'
import { useConsoleFilter } from '../../stores/console-filter.ts'
import { type RunView, runActions, useRuns } from '../../stores/runs.ts'
import { LogLines } from './log-lines.tsx'
import type { Place } from './places.ts'

const none: LogLine[] = []
const levels = logLevelSchema.options

/** The lines of a function's newest run that the filter lets through. */
function useShownLines(key: string): { run: RunView | undefined; lines: LogLine[] } {
  const run = useRuns((s) => s.byFunction[key])
  const { text, level } = useConsoleFilter()
  const all = run?.lines ?? none
  const lines = useMemo(() => {
    if (text === '' && level === 'debug') return all
    const wanted = text.toLowerCase()
    const least = levels.indexOf(level)
    return all.filter(
      (line) => levels.indexOf(line.level) >= least && line.text.toLowerCase().includes(wanted),
    )
  }, [all, text, level])
  return { run, lines }
}

/** What one does with the console: filter its lines, copy those that show, clear it. */
export function ConsoleTools({ runKey }: { runKey: string }) {
  const { run, lines } = useShownLines(runKey)
  const { text, level } = useConsoleFilter()
  if (!run || run.lines.length === 0) return null
  const written = () => lines.map((line) => `${formatClock(line.at)} ${line.level} ${line.text}`).join('\n')
  const names = {
    debug: t('console.levelAll'),
    info: t('console.levelInfo'),
    warn: t('console.levelWarn'),
    error: t('console.levelError'),
  }
  return (
    <>
      <input
        type="search"
        aria-label={t('console.filter')}
        placeholder={t('console.filter')}
        value={text}
        spellCheck={false}
        autoComplete="off"
        onChange={(e) => useConsoleFilter.setState({ text: e.target.value })}
        className="mr-1 h-6 w-36 min-w-16 rounded-control border border-control bg-bg px-2 text-small"
      />
      <Select
        small
        aria-label={t('console.level')}
        className="mr-1"
        value={level}
        onChange={(e) => useConsoleFilter.setState({ level: logLevelSchema.parse(e.target.value) })}
      >
        {levels.map((one) => (
          <option key={one} value={one}>
            {names[one]}
          </option>
        ))}
      </Select>
      <CopyButton text={written} label={t('console.copy')} />
      <IconButton label={t('console.clear')} onClick={() => runActions.clearLines(runKey)}>
        <Eraser size={14} aria-hidden />
      </IconButton>
    </>
  )
}

/** What the run says, as it says it. */
export function ConsoleLines({
  runKey,
  names,
  onJump,
}: {
  runKey: string
  names: ReadonlySet<string>
  onJump: (place: Place) => void
}) {
  const { run, lines } = useShownLines(runKey)
  return (
    <>
      {run && run.dropped > 0 && (
        <p className="px-4 pt-1 text-small text-warn">{t('console.dropped', { n: run.dropped })}</p>
      )}
      {lines.length > 0 ? (
        <LogLines lines={lines} names={names} onJump={onJump} />
      ) : (
        <p className="px-4 py-2 text-small text-subtle">{reasonOf(run)}</p>
      )}
    </>
  )
}

/** Why there are no lines. */
function reasonOf(run: RunView | undefined): string {
  if (!run) return t('console.empty')
  if (run.lines.length > 0) return t('console.filtered', { n: run.lines.length })
  return run.open ? t('console.waiting') : t('console.silent')
}
