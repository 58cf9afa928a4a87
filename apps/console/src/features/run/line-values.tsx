import { type ConsoleValue, consoleValueSchema, type LogLine } from '@lathe/shared'
import { ChevronRight } from 'lucide-react'
import { Fragment, useState } from 'react'
import { z } from 'zod'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { styleOf } from './console-style.ts'
import { ValueTable } from './value-table.tsx'

const tones: Record<ConsoleValue['type'], string> = {
  string: 'text-string',
  number: 'text-number',
  bigint: 'text-number',
  boolean: 'text-keyword',
  undefined: 'text-subtle',
  null: 'text-subtle',
  symbol: 'text-string',
  function: 'text-function',
  object: '',
  error: 'text-error',
  accessor: 'text-subtle',
}

type Line = Pick<LogLine, 'text' | 'preview' | 'indent'>

const parsed = new WeakMap<Line, ConsoleValue[] | null>()
/** Lines come and go as one scrolls: what is open in them stays. */
const opened = new WeakMap<Line, Set<string>>()

/** What a line wrote, to be opened; null where its text says it all. */
function valuesOf(line: Line): ConsoleValue[] | null {
  if (line.preview === undefined) return null
  const known = parsed.get(line)
  if (known !== undefined) return known
  let values: ConsoleValue[] | null = null
  try {
    values = z.array(consoleValueSchema).parse(JSON.parse(line.preview))
  } catch {
    // Its text is there all the same.
  }
  parsed.set(line, values)
  return values
}

/** What a console call wrote, indented by its groups: text, and where there is more to see, objects that open. */
export function LineContent({
  line,
  text,
}: {
  line: Line
  /** How texts are shown. */
  text: (text: string) => React.ReactNode
}) {
  const { indent = 0 } = line
  const values = valuesOf(line)
  if (values) {
    return (
      <div style={{ paddingLeft: `${indent}ch` }}>
        <Values line={line} values={values} text={text} />
      </div>
    )
  }
  if (indent === 0) return text(line.text)
  // What is wrapped stays in its group.
  return (
    <div style={{ paddingLeft: `${indent}ch` }}>
      {text(line.text.replace(new RegExp(`^ {${indent}}`, 'gm'), ''))}
    </div>
  )
}

/** The arguments of a console call: texts as they are, objects as trees that open. */
function Values({
  line,
  values,
  text,
}: {
  line: Line
  values: ConsoleValue[]
  text: (text: string) => React.ReactNode
}) {
  // Of an error one wants to see where it comes from.
  const open =
    opened.get(line) ?? new Set(values.flatMap(({ type }, index) => (type === 'error' ? [`${index}`] : [])))
  opened.set(line, open)
  return (
    <>
      {values.map((value, index) => (
        <Fragment key={index}>
          {/* Written, so that it is copied, too. */}
          {index > 0 && !value.joined && ' '}
          {value.table && <ValueTable value={value} columns={value.table} />}
          {value.inside ? (
            <div className="inline-block max-w-full align-top">
              <Opening value={value} path={`${index}`} open={open} text={text} />
            </div>
          ) : (
            <span
              className={value.type === 'string' ? undefined : tones[value.type]}
              style={value.style === undefined ? undefined : styleOf(value.style)}
            >
              {value.type === 'string' ? text(value.text) : value.text}
            </span>
          )}
        </Fragment>
      ))}
    </>
  )
}

function Opening({
  name,
  value,
  path,
  open,
  text,
}: {
  name?: string
  value: ConsoleValue
  path: string
  open: Set<string>
  text: (text: string) => React.ReactNode
}) {
  const [isOpen, setOpen] = useState(open.has(path))
  const toggle = (event: React.MouseEvent) => {
    // A row around it may answer clicks, too.
    event.stopPropagation()
    if (isOpen) open.delete(path)
    else open.add(path)
    setOpen(!isOpen)
  }
  return (
    <>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={toggle}
        className="flex max-w-full min-w-0 items-center gap-1 rounded-kbd text-left -outline-offset-2 hover:bg-raised"
      >
        <ChevronRight size={12} aria-hidden className={cx('shrink-0 text-subtle', isOpen && 'rotate-90')} />
        {name !== undefined && <Name name={name} />}
        <span className={cx('min-w-0 truncate', tones[value.type])}>{value.text}</span>
      </button>
      {isOpen && (
        <ul className="ml-1.5 border-l border-line pl-2 text-fg">
          {value.inside?.map(([inner, one], index) => (
            <li key={index} className="min-w-0">
              {one.inside ? (
                <Opening name={inner} value={one} path={`${path}.${index}`} open={open} text={text} />
              ) : (
                <span className="flex gap-1 pl-4">
                  <Name name={inner} />
                  <span
                    className={cx(
                      'min-w-0 break-words whitespace-pre-wrap',
                      inner !== 'stack' && tones[one.type],
                    )}
                  >
                    {one.type === 'accessor' ? t('console.accessor', { kinds: one.text }) : text(one.text)}
                  </span>
                </span>
              )}
            </li>
          ))}
          {(value.more ?? 0) > 0 && (
            <li className="pl-4 text-subtle">{t('console.more', { n: value.more ?? 0 })}</li>
          )}
        </ul>
      )}
    </>
  )
}

function Name({ name }: { name: string }) {
  return <span className="shrink-0 text-muted">{name.endsWith('=>') ? name : `${name}:`}</span>
}
