import { CircleCheck, CircleDashed, CircleMinus, CircleX } from 'lucide-react'
import { Spinner } from '../../components/ui/spinner.tsx'
import { t } from '../../i18n/i18n.ts'
import type { RowState } from './tree-rows.ts'

/** How a test went, by shape and colour, and by name for those who do not see them. */
export function StateIcon({ state }: { state: RowState }) {
  if (state === 'running') return <Spinner size={14} />
  const props = { size: 14, role: 'img', className: `shrink-0 ${looks[state]}` }
  if (state === 'passed') return <CircleCheck {...props} aria-label={t('tests.statePassed')} />
  if (state === 'failed') return <CircleX {...props} aria-label={t('tests.stateFailed')} />
  if (state === 'skipped') return <CircleMinus {...props} aria-label={t('tests.skipped')} />
  return <CircleDashed {...props} aria-label={t('tests.notRun')} />
}

const looks = { passed: 'text-ok', failed: 'text-error', skipped: 'text-muted', none: 'text-subtle' } as const
