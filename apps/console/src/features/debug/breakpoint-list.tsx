import { Pencil, X } from 'lucide-react'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { breakpointActions, breakpointsOf, useBreakpoints } from '../../stores/breakpoints.ts'
import { useDebug } from '../../stores/debug.ts'
import type { Place } from '../run/places.ts'

/** Every breakpoint of the app, to go to, change and take away. */
export function BreakpointList({ appid, onJump }: { appid: string; onJump: (place: Place) => void }) {
  const breakpoints = useBreakpoints(breakpointsOf(appid))
  const bound = useDebug((s) => s.bound)
  return (
    <section aria-label={t('debug.breakpoints')} className="flex flex-col gap-1">
      <h3 className="text-label font-medium text-muted">{t('debug.breakpoints')}</h3>
      {breakpoints.length === 0 && <p className="text-subtle">{t('debug.noBreakpoints')}</p>}
      <ul className="font-mono leading-5">
        {breakpoints.map((one) => {
          const { functionName, line, condition, logMessage } = one
          const where = `${functionName}.ts:${line}`
          const problem = bound.find((b) => b.functionName === functionName && b.line === line)?.problem
          return (
            <li key={where} className="flex items-center gap-1">
              <span
                aria-hidden
                className={cx('size-2 shrink-0 bg-error', logMessage ? 'rotate-45' : 'rounded-full')}
              />
              <button
                type="button"
                onClick={() => onJump({ name: functionName, line, column: 1 })}
                className="min-w-0 grow truncate rounded-kbd px-1 text-left -outline-offset-2 hover:bg-raised"
              >
                {where}
                {(condition ?? logMessage) && <span className="text-subtle"> {condition ?? logMessage}</span>}
                {problem && <span className="text-error"> {problem}</span>}
              </button>
              <IconButton
                small
                label={t('debug.edit', { where })}
                onClick={() =>
                  useDebug.setState({
                    editing: { functionName, line, kind: logMessage ? 'logMessage' : 'condition' },
                  })
                }
              >
                <Pencil size={12} aria-hidden />
              </IconButton>
              <IconButton
                small
                label={t('debug.remove', { where })}
                onClick={() => breakpointActions.remove(appid, one)}
              >
                <X size={12} aria-hidden />
              </IconButton>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
