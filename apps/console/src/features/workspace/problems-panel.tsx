import { useEffect, useState } from 'react'
import { Segments } from '../../components/ui/segments.tsx'
import { t } from '../../i18n/i18n.ts'
import { type Problem, useEditorBridge } from '../../stores/editor-bridge.ts'
import { ProblemList } from './problem-list.tsx'

const RESTS_MS = 800

/** What is wrong with the open functions, or with the whole app, drafts as they stand. */
export function ProblemsPanel() {
  const open = useEditorBridge((s) => s.problems)
  const [scope, setScope] = useState<'open' | 'app'>('open')
  const whole = useWholeApp(scope === 'app', open)
  const problems = scope === 'open' ? open : whole
  return (
    <>
      <div className="flex shrink-0 items-center px-3 pt-1.5">
        <Segments
          label={t('problems.scope')}
          value={scope}
          onChange={(next) => setScope(next as typeof scope)}
          items={[
            { value: 'open', label: t('problems.open') },
            { value: 'app', label: t('problems.app') },
          ]}
        />
      </div>
      {problems === null ? (
        <p className="px-4 py-2 text-small text-subtle">{t('problems.checking')}</p>
      ) : problems.length === 0 ? (
        <p className="px-4 py-2 text-small text-subtle">
          {scope === 'open' ? t('problems.none') : t('problems.noneInApp')}
        </p>
      ) : (
        <ProblemList problems={problems} />
      )}
    </>
  )
}

/** Looks through the whole app, and again when what is known of the open functions has changed. */
function useWholeApp(wanted: boolean, changed: Problem[]): Problem[] | null {
  const ready = useEditorBridge((s) => s.ready && s.language === 'ready')
  const [found, setFound] = useState<Problem[] | null>(null)
  useEffect(() => {
    if (!wanted || !ready) return
    let late = false
    const look = () =>
      useEditorBridge
        .getState()
        .check(null)
        .then((problems) => !late && setFound(problems))
        .catch(() => !late && setFound([]))
    const timer = setTimeout(() => void look(), found === null ? 0 : RESTS_MS)
    return () => {
      late = true
      clearTimeout(timer)
    }
  }, [wanted, ready, changed])
  return found
}
