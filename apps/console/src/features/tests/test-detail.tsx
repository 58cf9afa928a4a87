import type { CaseResult, Check, FunctionCoverage, LogLine, TestFailure } from '@lathe/shared'
import { CircleCheck, CircleX } from 'lucide-react'
import { StatusMark } from '../../components/status-mark.tsx'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { formatMs } from '../../lib/format.ts'
import { PlaceLink, WithPlaces } from '../run/place-link.tsx'
import type { Place } from '../run/places.ts'
import { expectationText } from './expectation-text.ts'
import { TextDiff } from './text-diff.tsx'
import type { TestRow } from './tree-rows.ts'

/** What became of the chosen test: every expectation with its difference, or the failure with its places; its output. */
export function TestDetail({
  row,
  lines,
  coverage,
  names,
  onJump,
}: {
  row: TestRow | undefined
  lines: LogLine[]
  coverage: FunctionCoverage[]
  names: ReadonlySet<string>
  onJump: (place: Place) => void
}) {
  if (!row) {
    return coverage.length > 0 ? (
      <Coverage coverage={coverage} onJump={onJump} />
    ) : (
      <p className="p-3 text-small text-subtle">{t('tests.nothing')}</p>
    )
  }
  const place = row.result?.failure?.place ?? row.result?.place
  return (
    <div className="flex flex-col gap-3 p-3 text-small">
      <div className="flex items-center gap-3">
        <h3 className="min-w-0 truncate font-medium">{row.label}</h3>
        {row.caseResult?.status != null && <StatusMark status={row.caseResult.status} />}
        {row.durationMs !== null && (
          <span className="text-muted tabular-nums">{formatMs(row.durationMs)}</span>
        )}
        {place && (
          <PlaceLink
            place={{ name: place.file.replace(/\.ts$/, ''), line: place.line, column: place.column }}
            text={`${place.file}:${place.line}`}
            onJump={onJump}
          />
        )}
      </div>
      {row.state === 'none' && <p className="text-subtle">{t('tests.notRun')}</p>}
      {row.caseResult && <CaseChecks row={row} result={row.caseResult} />}
      {row.result?.failure && <Failure failure={row.result.failure} names={names} onJump={onJump} />}
      {lines.length > 0 && <Output lines={lines} names={names} onJump={onJump} />}
      {row.kind === 'file' && coverage.length > 0 && <Coverage coverage={coverage} onJump={onJump} />}
    </div>
  )
}

function CaseChecks({ row, result }: { row: TestRow; result: CaseResult }) {
  const expectations = row.case?.expectations ?? []
  if (result.error) {
    return (
      <p role="alert" className="rounded-control bg-error-tint p-2 whitespace-pre-wrap text-error">
        {t('tests.noAnswer')}: {result.error}
      </p>
    )
  }
  if (result.checks.length === 0) return <p className="text-subtle">{t('tests.noExpectations')}</p>
  return (
    <ul className="flex flex-col gap-2">
      {result.checks.map((check, index) => (
        <CheckRow
          key={index}
          check={check}
          text={expectations[index] && expectationText(expectations[index])}
        />
      ))}
    </ul>
  )
}

function CheckRow({ check, text }: { check: Check; text: string | undefined }) {
  const { passed, message, expected, actual } = check
  return (
    <li className="flex flex-col gap-1">
      <span className="flex items-start gap-2">
        {passed ? (
          <CircleCheck size={14} aria-label={t('tests.statePassed')} className="mt-px shrink-0 text-ok" />
        ) : (
          <CircleX size={14} aria-label={t('tests.stateFailed')} className="mt-px shrink-0 text-error" />
        )}
        <span className={cx('min-w-0', passed ? 'text-muted' : '')}>
          {text}
          {message && <span className="whitespace-pre-wrap text-error"> {message}</span>}
        </span>
      </span>
      {!passed && expected !== null && actual !== null && <TextDiff expected={expected} actual={actual} />}
    </li>
  )
}

function Failure({
  failure,
  names,
  onJump,
}: {
  failure: TestFailure
  names: ReadonlySet<string>
  onJump: (place: Place) => void
}) {
  const { message, expected, actual, stack } = failure
  return (
    <div className="flex flex-col gap-2">
      <p role="alert" className="rounded-control bg-error-tint p-2 whitespace-pre-wrap text-error">
        {message}
      </p>
      {expected !== null && actual !== null && <TextDiff expected={expected} actual={actual} />}
      {stack && (
        <pre className="overflow-x-auto font-mono leading-5 text-muted">
          <WithPlaces text={stack} names={names} onJump={onJump} />
        </pre>
      )}
    </div>
  )
}

function Output({
  lines,
  names,
  onJump,
}: {
  lines: LogLine[]
  names: ReadonlySet<string>
  onJump: (place: Place) => void
}) {
  return (
    <div className="flex flex-col gap-1">
      <h4 className="text-label font-medium text-muted">{t('tests.output')}</h4>
      <pre className="overflow-x-auto rounded-control border border-line p-2 font-mono leading-5">
        {lines.map((line, index) => (
          <div key={`${line.seq}-${index}`} className={line.level === 'error' ? 'text-error' : ''}>
            <WithPlaces text={line.text} names={names} onJump={onJump} />
          </div>
        ))}
      </pre>
    </div>
  )
}

function Coverage({ coverage, onJump }: { coverage: FunctionCoverage[]; onJump: (place: Place) => void }) {
  return (
    <div className="flex flex-col gap-1 p-3 text-small">
      <h4 className="text-label font-medium text-muted">{t('tests.coverage')}</h4>
      <ul>
        {coverage.map(({ name, lines, covered, uncovered }) => (
          <li key={name} className="flex items-center gap-3 py-0.5">
            <button
              type="button"
              className="min-w-0 truncate font-mono underline decoration-control underline-offset-2"
              onClick={() => onJump({ name, line: uncovered[0]?.[0] ?? 1, column: 1 })}
            >
              {name}
            </button>
            <meter
              aria-label={name}
              className="h-2 w-24 shrink-0"
              min={0}
              max={Math.max(1, lines)}
              value={covered}
            />
            <span className="shrink-0 text-muted tabular-nums">
              {lines === 0 ? 100 : Math.floor((covered / lines) * 100)} %
            </span>
            <span className="shrink-0 text-subtle">{t('tests.coverageLines', { covered, lines })}</span>
            {uncovered.length > 0 && (
              <span className="min-w-0 truncate text-subtle">
                {t('tests.uncovered', {
                  lines: uncovered.map(([from, to]) => (from === to ? from : `${from}-${to}`)).join(', '),
                })}
              </span>
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}
