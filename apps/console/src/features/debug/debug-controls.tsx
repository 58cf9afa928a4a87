import {
  ArrowDownToDot,
  ArrowUpFromDot,
  IterationCw,
  type LucideIcon,
  Pause,
  Play,
  RedoDot,
  Square,
} from 'lucide-react'
import { runCommand, useCommand } from '../../commands/registry.ts'
import { type CommandId, keysOf } from '../../commands/table.ts'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Select } from '../../components/ui/select.tsx'
import { t } from '../../i18n/i18n.ts'
import { useBreakpoints } from '../../stores/breakpoints.ts'
import { type DebugState, frameOf, useDebug } from '../../stores/debug.ts'
import { send, stopSession } from './session.ts'

type Plain =
  | 'Debugger.resume'
  | 'Debugger.pause'
  | 'Debugger.stepOver'
  | 'Debugger.stepInto'
  | 'Debugger.stepOut'

/** A session that ended meanwhile says so by itself. */
const say = (method: Plain) => void send(method, {}).catch(() => {})

const buttons: { id: CommandId; label: string; icon: LucideIcon }[] = [
  { id: 'debug.continue', label: 'debug.continue', icon: Play },
  { id: 'debug.pause', label: 'debug.pause', icon: Pause },
  { id: 'debug.stepOver', label: 'debug.stepOver', icon: RedoDot },
  { id: 'debug.stepInto', label: 'debug.stepInto', icon: ArrowDownToDot },
  { id: 'debug.stepOut', label: 'debug.stepOut', icon: ArrowUpFromDot },
  { id: 'debug.restartFrame', label: 'debug.restartFrame', icon: IterationCw },
  { id: 'debug.stop', label: 'debug.stop', icon: Square },
]

/** Which of them there is something to do for. */
function isOffered(id: CommandId, state: DebugState, canRestart: boolean): boolean {
  if (id === 'debug.stop') return state !== 'off'
  if (id === 'debug.pause') return state === 'running'
  if (id === 'debug.restartFrame') return state === 'paused' && canRestart
  return state === 'paused'
}

/** The debugger's commands, as keys for as long as this is mounted. */
export function useDebugCommands(): void {
  const state = useDebug((s) => s.state)
  const frame = useDebug(frameOf)
  const paused = state === 'paused'
  useCommand('debug.continue', () => say('Debugger.resume'), paused)
  useCommand('debug.stepOver', () => say('Debugger.stepOver'), paused)
  useCommand('debug.stepInto', () => say('Debugger.stepInto'), paused)
  useCommand('debug.stepOut', () => say('Debugger.stepOut'), paused)
  useCommand('debug.pause', () => say('Debugger.pause'), state === 'running')
  useCommand('debug.stop', stopSession, state !== 'off')
  useCommand(
    'debug.restartFrame',
    () => {
      if (frame) void send('Debugger.restartFrame', { callFrameId: frame.callFrameId }).catch(() => {})
    },
    paused && frame?.canBeRestarted === true,
  )
}

export function DebugControls() {
  const state = useDebug((s) => s.state)
  const canRestart = useDebug((s) => frameOf(s)?.canBeRestarted === true)
  const pauseOn = useBreakpoints((s) => s.pauseOn)
  return (
    <div className="flex shrink-0 items-center gap-1 border-b border-line px-3 py-1">
      <div role="toolbar" aria-label={t('debug.controls')} className="flex items-center gap-0.5">
        {buttons.map(({ id, label, icon: Icon }) => {
          const keys = keysOf(id)
          return (
            <IconButton
              key={id}
              label={t(label as 'debug.continue')}
              {...(keys ? { keys } : {})}
              disabled={!isOffered(id, state, canRestart)}
              onClick={() => runCommand(id)}
            >
              <Icon size={15} aria-hidden />
            </IconButton>
          )
        })}
      </div>
      <p
        role="status"
        aria-label={t('debug.status')}
        className="min-w-0 grow truncate px-2 text-small text-muted"
      >
        <Status />
      </p>
      <Select
        aria-label={t('debug.pauseOn')}
        className="h-7 w-56 shrink-0 text-small"
        value={pauseOn}
        onChange={(e) => useBreakpoints.setState({ pauseOn: e.target.value as typeof pauseOn })}
      >
        <option value="none">{t('debug.pauseOnNone')}</option>
        <option value="uncaught">{t('debug.pauseOnUncaught')}</option>
        <option value="all">{t('debug.pauseOnAll')}</option>
      </Select>
    </div>
  )
}

function Status() {
  const { state, paused, ended } = useDebug()
  const place = paused?.frames[0]?.place
  if (state === 'paused' && paused && place) {
    const where = `${place.functionName}.ts:${place.line}`
    const reason = t(`debug.reason.${paused.reason}`)
    return (
      <>
        {t('debug.pausedAt', { where, reason })}
        {paused.exception && <span className="text-error"> {paused.exception.text.split('\n')[0]}</span>}
      </>
    )
  }
  if (state === 'off') return ended ? <span className="text-warn">{ended}</span> : t('debug.off')
  return t(`debug.state.${state === 'paused' ? 'running' : state}`)
}
