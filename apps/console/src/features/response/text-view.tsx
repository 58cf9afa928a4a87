import { useMemo } from 'react'
import { t } from '../../i18n/i18n.ts'
import { FixedRows } from './fixed-rows.tsx'

/** Up to here a text is laid out at once: it wraps, and one can select all of it. */
const AT_ONCE = 100_000
/** A line without end is shown in rows of this length. */
const ROW_CHARS = 2_000

/** A text as it came. */
export function TextView({ text }: { text: string }) {
  if (text.length <= AT_ONCE) {
    return (
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
        tabIndex={0}
        className="min-h-0 grow overflow-auto px-3 pb-3 font-mono text-small leading-5 break-words whitespace-pre-wrap -outline-offset-2"
      >
        {text}
      </pre>
    )
  }
  return <LongText text={text} />
}

function LongText({ text }: { text: string }) {
  const rows = useMemo(() => rowsOf(text), [text])
  return (
    <FixedRows
      count={rows.length}
      role="document"
      label={t('run.raw')}
      row={(index) => text.slice(rows[index], rows[index + 1] ?? text.length).replace(/\r?\n$/, '')}
    />
  )
}

/** Where rows begin. */
function rowsOf(text: string): Int32Array {
  let rows = new Int32Array(1024)
  let count = 0
  let at = 0
  while (at < text.length) {
    if (count === rows.length) {
      const grown = new Int32Array(rows.length * 2)
      grown.set(rows)
      rows = grown
    }
    rows[count++] = at
    const end = text.indexOf('\n', at)
    const next = end < 0 ? text.length : end + 1
    at = Math.min(next, at + ROW_CHARS)
  }
  return rows.subarray(0, count)
}

const PER_ROW = 8
const hex = (n: number, digits: number) => n.toString(16).padStart(digits, '0')

/** Bytes that are no text: where, which, and what of them is readable. */
export function HexView({ bytes }: { bytes: Uint8Array }) {
  return (
    <FixedRows
      count={Math.ceil(bytes.length / PER_ROW)}
      role="document"
      label={t('run.hex')}
      row={(index) => {
        const row = bytes.subarray(index * PER_ROW, (index + 1) * PER_ROW)
        const numbers = Array.from(row, (byte) => hex(byte, 2)).join(' ')
        const letters = Array.from(row, (byte) =>
          byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '·',
        )
        return (
          <>
            <span className="text-subtle">{hex(index * PER_ROW, 8)}</span>
            {`  ${numbers.padEnd(PER_ROW * 3 - 1)}  `}
            <span className="text-muted">{letters.join('')}</span>
          </>
        )
      }}
    />
  )
}
