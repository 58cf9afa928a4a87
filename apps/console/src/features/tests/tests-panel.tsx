import type { FunctionSummary } from '@lathe/shared'
import { useQuery } from '@tanstack/react-query'
import { FlaskConical, Play, RotateCcw, Square } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { Empty } from '../../components/ui/empty.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Segments } from '../../components/ui/segments.tsx'
import { casesQuery } from '../../data/cases.ts'
import { t } from '../../i18n/i18n.ts'
import { formatMs } from '../../lib/format.ts'
import { noTests, useTests } from '../../stores/tests.ts'
import type { Place } from '../run/places.ts'
import { CaseDialog } from './case-dialog.tsx'
import { NamingField } from './naming-field.tsx'
import { cancelTests, failedOnly, fullName, type Only, startTests } from './run-tests.ts'
import { TestDetail } from './test-detail.tsx'
import { TestTree } from './test-tree.tsx'
import { type TestRow, testFilesOf, testRows } from './tree-rows.ts'
import { useCaseMenu } from './use-case-menu.tsx'
import { useNewTestFile } from './use-new-test-file.ts'

/** The app's cases and files of tests: run them, see how they went, and why. */
export function TestsPanel({
  appid,
  functions,
  names,
  onJump,
  onOpen,
}: {
  appid: string
  functions: FunctionSummary[] | undefined
  names: ReadonlySet<string>
  onJump: (place: Place) => void
  onOpen: (name: string) => void
}) {
  const cases = useQuery(casesQuery(appid))
  const view = useTests((s) => s.byApp[appid] ?? noTests)
  const { target, watch, selected, naming } = useTests()
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set())
  const files = useMemo(() => testFilesOf(functions?.map(({ name }) => name) ?? []), [functions])
  const list = cases.data
  const rows = useMemo(() => testRows(list ?? [], files, view, closed), [list, files, view, closed])
  const newFile = useNewTestFile(appid, onOpen)
  const { menuOf, acts, editing, closeEditor } = useCaseMenu(appid, list ?? [], onOpen)
  const row = rows.find(({ key }) => key === selected)
  const failed = failedOnly(view)
  const failures = (failed.cases?.length ?? 0) + (failed.files?.length ?? 0)
  const run = (only?: Only) => void startTests(appid, only)
  const runRow = (one: TestRow) => run(onlyOf(one, (id) => fullName(view, one.owner, id)))
  const named = list?.find(({ id }) => id === naming)

  if (list?.length === 0 && files.length === 0) {
    return (
      <div className="overflow-y-auto">
        <Empty icon={<FlaskConical size={18} />} title={t('tests.empty')} text={t('tests.emptyText')}>
          <Button onClick={() => newFile('example')}>{t('tests.newFile')}</Button>
        </Empty>
      </div>
    )
  }
  return (
    <>
      <div className="flex h-9 shrink-0 items-center gap-2 border-b border-line px-2">
        <Button size="xs" icon={<Play size={11} aria-hidden />} onClick={() => run()}>
          {t('tests.all')}
        </Button>
        <IconButton label={t('tests.failed')} small disabled={failures === 0} onClick={() => run(failed)}>
          <RotateCcw size={13} aria-hidden />
        </IconButton>
        <label className="flex items-center gap-1.5 text-small text-muted" title={t('tests.watchHint')}>
          <input
            type="checkbox"
            className="size-3.5 accent-solid"
            checked={watch}
            onChange={(event) => useTests.setState({ watch: event.target.checked })}
          />
          {t('tests.watch')}
        </label>
        <Segments
          label={t('tests.target')}
          value={target}
          onChange={(next) => useTests.setState({ target: next === 'live' ? 'live' : 'draft' })}
          items={[
            { value: 'draft', label: t('tests.targetDraft') },
            { value: 'live', label: t('tests.targetLive') },
          ]}
        />
        <div
          role="status"
          aria-label={t('tests.status')}
          className="min-w-0 grow truncate text-small text-muted tabular-nums"
        >
          {view.running && t('tests.running')}
          {!view.running &&
            view.counts &&
            t('tests.summary', { ...view.counts, time: formatMs(view.durationMs) })}
          {!view.running && view.error && <span className="text-error">{view.error}</span>}
        </div>
        {view.running && (
          <Button
            size="xs"
            look="quiet"
            icon={<Square size={10} aria-hidden />}
            onClick={() => cancelTests(appid)}
          >
            {t('tests.cancel')}
          </Button>
        )}
      </div>
      <div className="flex min-h-0 grow">
        <div className="flex w-[44%] min-w-56 flex-col border-r border-line">
          <TestTree
            rows={rows}
            selected={selected}
            menuOf={menuOf}
            onSelect={(one) => useTests.setState({ selected: one.key })}
            onToggle={(one) => setClosed(toggled(closed, one.key))}
            onRun={runRow}
            acts={acts}
          />
        </div>
        <section aria-label={t('tests.result')} className="min-h-0 min-w-0 grow overflow-auto">
          {named && <NamingField key={named.id} appid={appid} one={named} />}
          <TestDetail
            row={row}
            lines={
              row
                ? view.lines.filter((line) =>
                    belongs(line, row, fullName(view, row.owner, row.result?.id ?? '')),
                  )
                : []
            }
            coverage={view.coverage}
            names={names}
            onJump={onJump}
          />
        </section>
      </div>
      <CaseDialog appid={appid} one={editing} onClose={closeEditor} />
    </>
  )
}

function onlyOf(row: TestRow, nameOf: (id: string) => string): Only {
  if (row.kind === 'case') return { cases: [row.key] }
  if (row.kind === 'function') return { functions: [row.owner] }
  if (row.kind === 'file' || !row.result || row.result.id.startsWith('file:'))
    return { files: [{ name: row.owner }] }
  return { files: [{ name: row.owner, tests: [nameOf(row.result.id)] }] }
}

/** Lines of a case by its request, of a test by its name (Node joins suites by ` > ` there). */
function belongs(
  { requestId, test }: { requestId: string | null; test?: string | undefined },
  { caseResult, result }: TestRow,
  full: string,
): boolean {
  if (caseResult) return requestId !== null && requestId === caseResult.requestId
  return result !== undefined && test?.replaceAll(' > ', ' ') === full
}

function toggled(set: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(set)
  if (!next.delete(key)) next.add(key)
  return next
}
