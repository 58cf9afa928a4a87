import { useMemo, useRef, useState } from 'react'
import { t } from '../../i18n/i18n.ts'
import { FindBar } from './find-bar.tsx'
import { Findable } from './findable.tsx'
import { FixedRows, type FixedRowsHandle } from './fixed-rows.tsx'
import { marked } from './marked.tsx'

/** Up to here a text is laid out at once: it wraps, and one can select all of it. */
const AT_ONCE = 100_000
/** A line without end is shown in rows of this length. */
const ROW_CHARS = 2_000

/** A text as it came. */
export function TextView({ text }: { text: string }) {
  if (text.length <= AT_ONCE) {
    return (
      <Findable text={text}>
        {(query) => <pre className="break-words whitespace-pre-wrap">{marked(text, query)}</pre>}
      </Findable>
    )
  }
  return <LongText text={text} />
}

function LongText({ text }: { text: string }) {
  const rows = useMemo(() => rowsOf(text), [text])
  const handle = useRef<FixedRowsHandle>(null)
  const [query, setQuery] = useState('')
  return (
    <div className="flex min-h-0 grow flex-col">
      <FindBar
        text={text}
        query={query}
        onQuery={setQuery}
        onMatch={(position) => handle.current?.show(rowAt(rows, position))}
      />
      <FixedRows
        ref={handle}
        count={rows.length}
        role="document"
        label={t('run.raw')}
        row={(index) =>
          marked(text.slice(rows[index], rows[index + 1] ?? text.length).replace(/\r?\n$/, ''), query)
        }
      />
    </div>
  )
}

/** The last row that begins at a position or before it. */
function rowAt(rows: Int32Array, position: number): number {
  let low = 0
  let high = rows.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (rows[middle]! <= position) low = middle
    else high = middle - 1
  }
  return low
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
