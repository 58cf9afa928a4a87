import { Bug } from 'lucide-react'
import { useCommand } from '../../commands/registry.ts'
import { Button } from '../../components/ui/button.tsx'
import { t } from '../../i18n/i18n.ts'
import { useDebug } from '../../stores/debug.ts'
import { useMeasures } from '../../stores/measures.ts'
import { startRun } from '../run/execute.ts'
import { debugDraft, measuredRun } from './debug-run.ts'

/** Runs the draft; in the debug runtime when its coverage or its hot lines are wanted. */
export function runDraft(appid: string, name: string): Promise<void> {
  const { coverage, profile } = useMeasures.getState()
  return coverage || profile
    ? measuredRun(appid, name, { coverage, profile })
    : startRun(appid, name, 'draft')
}

/** Beside Run draft. */
export function DebugButton({ appid, name }: { appid: string; name: string }) {
  const state = useDebug((s) => s.state)
  const debug = () => void debugDraft(appid, name)
  useCommand('debug.draft', debug)
  return (
    <Button
      aria-label={t('debug.draft')}
      title={t('debug.draftHint')}
      busy={state === 'starting'}
      icon={<Bug size={13} aria-hidden />}
      onClick={debug}
    >
      {t('debug.draftShort')}
    </Button>
  )
}

/** What runs of the draft tell the editor's lines, beside their answer. */
export function MeasureToggles() {
  const { coverage, profile } = useMeasures()
  return (
    <>
      <Button
        look="quiet"
        size="xs"
        aria-pressed={coverage}
        title={t('debug.coverageHint')}
        className={coverage ? 'bg-accent-tint text-fg' : ''}
        onClick={() => useMeasures.setState({ coverage: !coverage })}
      >
        {t('debug.coverage')}
      </Button>
      <Button
        look="quiet"
        size="xs"
        aria-pressed={profile}
        title={t('debug.profileHint')}
        className={profile ? 'bg-accent-tint text-fg' : ''}
        onClick={() => useMeasures.setState({ profile: !profile })}
      >
        {t('debug.profile')}
      </Button>
    </>
  )
}
