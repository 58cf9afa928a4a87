import type { DebugValue } from '@lathe/shared'
import { X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { errorText } from '../../data/errors.ts'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { breakpointActions, useBreakpoints } from '../../stores/breakpoints.ts'
import { frameOf, useDebug } from '../../stores/debug.ts'
import { send } from './session.ts'
import { ValueRow } from './value-tree.tsx'

interface Result {
  expression: string
  value: DebugValue
  thrown: boolean
}

async function evaluated(callFrameId: string, expression: string): Promise<Result> {
  try {
    return { expression, ...(await send('Debugger.evaluateOnCallFrame', { callFrameId, expression })) }
  } catch (error) {
    return { expression, thrown: true, value: { type: 'object', subtype: 'error', text: errorText(error) } }
  }
}

/** Expressions that are evaluated anew at every stop. */
export function Watches() {
  const watches = useBreakpoints((s) => s.watches)
  const frame = useDebug(frameOf)
  const callFrameId = frame?.callFrameId
  const [results, setResults] = useState<Result[]>([])
  useEffect(() => {
    let isLate = false
    setResults([])
    if (callFrameId) {
      void Promise.all(watches.map((one) => evaluated(callFrameId, one))).then((found) => {
        if (!isLate) setResults(found)
      })
    }
    return () => {
      isLate = true
    }
  }, [watches, callFrameId])
  return (
    <section aria-label={t('debug.watch')} className="flex flex-col gap-1">
      <h3 className="text-label font-medium text-muted">{t('debug.watch')}</h3>
      <ul className="font-mono text-small leading-5">
        {watches.map((expression) => {
          const result = results.find((one) => one.expression === expression)
          return (
            <li key={expression} className="flex items-start gap-1">
              <ul className="min-w-0 grow">
                {result ? (
                  <ValueRow key={callFrameId} name={expression} value={result.value} />
                ) : (
                  <li className="pl-4 text-subtle">{expression}</li>
                )}
              </ul>
              <IconButton
                small
                label={t('debug.unwatch', { expression })}
                onClick={() => breakpointActions.unwatch(expression)}
              >
                <X size={12} aria-hidden />
              </IconButton>
            </li>
          )
        })}
      </ul>
      <Prompt label={t('debug.addWatch')} onEnter={breakpointActions.watch} />
    </section>
  )
}

/** A line in which one types expressions for the frame that is looked at. */
export function Repl() {
  const frame = useDebug(frameOf)
  const [lines, setLines] = useState<Result[]>([])
  if (!frame) return null
  const enter = (expression: string) =>
    void evaluated(frame.callFrameId, expression).then((result) =>
      setLines((all) => [...all, result].slice(-100)),
    )
  return (
    <section aria-label={t('debug.evaluate')} className="flex flex-col gap-1">
      <h3 className="text-label font-medium text-muted">{t('debug.evaluate')}</h3>
      <ul role="log" aria-label={t('debug.results')} className="font-mono text-small leading-5">
        {lines.map(({ expression, value, thrown }, index) => (
          <li key={index} className={cx(thrown && 'text-error')}>
            <ul>
              <ValueRow name={expression} value={value} />
            </ul>
          </li>
        ))}
      </ul>
      <Prompt label={t('debug.expression')} onEnter={enter} />
    </section>
  )
}

function Prompt({ label, onEnter }: { label: string; onEnter: (expression: string) => void }) {
  const [text, setText] = useState('')
  return (
    <input
      aria-label={label}
      placeholder={label}
      value={text}
      spellCheck={false}
      autoComplete="off"
      onChange={(e) => setText(e.target.value)}
      onKeyDown={(e) => {
        if (e.key !== 'Enter' || e.nativeEvent.isComposing || !text.trim()) return
        e.preventDefault()
        onEnter(text.trim())
        setText('')
      }}
      className="h-7 w-full rounded-control border border-control bg-bg px-2 font-mono text-small text-fg"
    />
  )
}
