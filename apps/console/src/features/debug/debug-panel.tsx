import { useEffect } from 'react'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { frameOf, useDebug } from '../../stores/debug.ts'
import type { Place } from '../run/places.ts'
import { BreakpointList } from './breakpoint-list.tsx'
import { DebugControls } from './debug-controls.tsx'
import { Repl, Watches } from './evaluate.tsx'
import { Openable, ValueRow } from './value-tree.tsx'

/** The drawer's `Debug` tab: where the program stands, what it knows there, and what moves it on. */
export function DebugPanel({
  appid,
  name,
  onJump,
}: {
  appid: string
  name: string
  onJump: (place: Place) => void
}) {
  const frame = useDebug(frameOf)
  const place = frame?.place
  // A stop in another function opens it; in this one the editor moves by itself. Walking about afterwards is free.
  useEffect(() => {
    if (place && place.functionName !== name) onJump({ ...place, name: place.functionName })
  }, [place])
  return (
    <>
      <DebugControls />
      <div
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
        tabIndex={0}
        className="grid min-h-0 grow grid-cols-1 gap-x-6 gap-y-3 overflow-auto px-4 py-2 text-small -outline-offset-2 wide:grid-cols-3"
      >
        <div className="flex min-w-0 flex-col gap-3">
          <CallStack onJump={onJump} />
          <BreakpointList appid={appid} onJump={onJump} />
        </div>
        <Scopes />
        <div className="flex min-w-0 flex-col gap-3">
          <Watches />
          <Repl />
        </div>
      </div>
    </>
  )
}

function CallStack({ onJump }: { onJump: (place: Place) => void }) {
  const paused = useDebug((s) => s.paused)
  const at = useDebug((s) => s.frame)
  return (
    <section aria-label={t('debug.callStack')} className="flex flex-col gap-1">
      <h3 className="text-label font-medium text-muted">{t('debug.callStack')}</h3>
      {!paused && <p className="text-subtle">{t('debug.notPaused')}</p>}
      <ol className="font-mono leading-5">
        {paused?.frames.map(({ name, place, callFrameId }, index) => (
          <li key={callFrameId}>
            <button
              type="button"
              aria-current={index === at ? 'true' : undefined}
              onClick={() => {
                useDebug.setState({ frame: index })
                onJump({ ...place, name: place.functionName })
              }}
              className={cx(
                'flex w-full gap-2 rounded-kbd px-1.5 text-left -outline-offset-2 hover:bg-raised',
                index === at && 'bg-accent-tint',
              )}
            >
              <span className="min-w-0 grow truncate">{name || t('debug.anonymous')}</span>
              <span className="shrink-0 text-subtle">
                {place.functionName}.ts:{place.line}
              </span>
            </button>
          </li>
        ))}
        {paused && paused.asyncFrames.length > 0 && (
          <li className="px-1.5 text-subtle">{t('debug.awaitedBy')}</li>
        )}
        {paused?.asyncFrames.map(({ name, place }, index) => (
          <li key={`async-${index}`}>
            <button
              type="button"
              onClick={() => onJump({ ...place, name: place.functionName })}
              className="flex w-full gap-2 rounded-kbd px-1.5 text-left text-muted -outline-offset-2 hover:bg-raised"
            >
              <span className="min-w-0 grow truncate">{name || t('debug.anonymous')}</span>
              <span className="shrink-0 text-subtle">
                {place.functionName}.ts:{place.line}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  )
}

const OPEN_SCOPES = new Set(['local', 'block'])

function Scopes() {
  const frame = useDebug(frameOf)
  const exception = useDebug((s) => (s.frame === 0 ? s.paused?.exception : undefined))
  return (
    <section aria-label={t('debug.variables')} className="flex min-w-0 flex-col gap-1">
      <h3 className="text-label font-medium text-muted">{t('debug.variables')}</h3>
      <ul key={frame?.callFrameId} className="font-mono leading-5">
        {exception && <ValueRow name={t('debug.thrown')} value={exception} />}
        {frame?.returnValue && <ValueRow name={t('debug.returns')} value={frame.returnValue} />}
        {frame?.scopes.map(({ type, objectId }) => {
          const label = scopeLabel(type)
          return (
            <Openable
              key={objectId}
              objectId={objectId}
              label={label}
              startOpen={OPEN_SCOPES.has(type)}
              head={<span className="text-label leading-5 font-medium text-muted">{label}</span>}
            />
          )
        })}
      </ul>
    </section>
  )
}

function scopeLabel(type: string): string {
  switch (type) {
    case 'local':
    case 'block':
    case 'closure':
    case 'module':
    case 'catch':
    case 'global':
      return t(`debug.scope.${type}`)
    default:
      return type
  }
}
