import type { DebugProperty, DebugValue } from '@lathe/shared'
import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { errorText } from '../../data/errors.ts'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { send } from './session.ts'

const tones: Record<string, string> = {
  string: 'text-string',
  number: 'text-number',
  bigint: 'text-number',
  boolean: 'text-keyword',
  undefined: 'text-subtle',
  function: 'text-function',
}

/** A name and its value, which opens when it has something inside. What is inside is asked for when it opens. */
export function ValueRow({
  name,
  value,
  muted = false,
  startOpen = false,
}: {
  name: string
  value: DebugValue
  muted?: boolean
  startOpen?: boolean
}) {
  const text = (
    <span className={cx('min-w-0 truncate', tones[value.type] ?? 'text-fg')} title={value.text}>
      {value.text}
    </span>
  )
  return (
    <Openable
      objectId={value.objectId}
      startOpen={startOpen}
      label={`${name}: ${value.text.slice(0, 200)}`}
      head={
        <>
          <span className={cx('shrink-0', muted ? 'text-subtle' : 'text-muted')}>{name}:</span>
          {text}
        </>
      }
    />
  )
}

/** A line that opens to the properties of an object. */
export function Openable({
  objectId,
  head,
  label,
  startOpen = false,
}: {
  objectId: string | undefined
  head: React.ReactNode
  label: string
  startOpen?: boolean
}) {
  const [isOpen, setOpen] = useState(startOpen)
  const [inside, setInside] = useState<{ properties: DebugProperty[]; more: number } | null>(null)
  const [error, setError] = useState<string | null>(null)
  const load = (id: string) => {
    send('Runtime.getProperties', { objectId: id }).then(setInside, (thrown) => setError(errorText(thrown)))
  }
  const [asked, setAsked] = useState(false)
  if (isOpen && objectId && !asked) {
    setAsked(true)
    load(objectId)
  }
  if (!objectId) return <li className="flex gap-1.5 py-px pl-4">{head}</li>
  return (
    <li>
      <button
        type="button"
        aria-expanded={isOpen}
        aria-label={label}
        onClick={() => setOpen(!isOpen)}
        className="flex w-full min-w-0 items-center gap-1.5 rounded-kbd py-px text-left -outline-offset-2 hover:bg-raised"
      >
        <ChevronRight
          size={12}
          aria-hidden
          className={cx('-mr-0.5 shrink-0 text-subtle', isOpen && 'rotate-90')}
        />
        {head}
      </button>
      {isOpen && (
        <ul className="ml-1.5 border-l border-line pl-2">
          {error && <li className="pl-4 text-error">{error}</li>}
          {inside?.properties.map((one, index) =>
            one.value ? (
              <ValueRow
                key={`${one.name}-${index}`}
                name={one.name}
                value={one.value}
                muted={one.kind === 'internal'}
              />
            ) : (
              <li key={`${one.name}-${index}`} className="pl-4 text-muted">
                {one.name}: <span className="text-subtle">{t('debug.getter')}</span>
              </li>
            ),
          )}
          {inside && inside.properties.length === 0 && (
            <li className="pl-4 text-subtle">{t('debug.nothingInside')}</li>
          )}
          {inside && inside.more > 0 && (
            <li className="pl-4 text-subtle">{t('debug.more', { n: inside.more })}</li>
          )}
        </ul>
      )}
    </li>
  )
}
