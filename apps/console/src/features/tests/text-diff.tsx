import { diffComm } from 'node-diff3'
import { useMemo } from 'react'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'

/** Lines of the same around a difference. */
const CONTEXT = 3
const MOST_LINES = 4_000

interface DiffLine {
  kind: 'same' | 'expected' | 'actual' | 'gap'
  text: string
}

/** Both texts by lines: what was expected and is not there, what is there and was not expected. */
export function diffLines(expected: string, actual: string): DiffLine[] {
  const [left, right] = [expected.split('\n'), actual.split('\n')]
  if (left.length > MOST_LINES || right.length > MOST_LINES) {
    return [...left.map(line('expected')), ...right.map(line('actual'))].slice(0, MOST_LINES)
  }
  return diffComm(left, right).flatMap((part, index, all): DiffLine[] => {
    if (!('common' in part)) {
      return [...part.buffer1.map(line('expected')), ...part.buffer2.map(line('actual'))]
    }
    const { common } = part
    const head = index === 0 ? 0 : CONTEXT
    const tail = index === all.length - 1 ? 0 : CONTEXT
    if (common.length <= head + tail + 1) return common.map(line('same'))
    return [
      ...common.slice(0, head).map(line('same')),
      { kind: 'gap', text: '⋯' },
      ...common.slice(common.length - tail).map(line('same')),
    ]
  })
}

const line =
  (kind: DiffLine['kind']) =>
  (text: string): DiffLine => ({ kind, text })

const looks = {
  same: ['  ', 'text-muted'],
  expected: ['- ', 'bg-error-tint text-error'],
  actual: ['+ ', 'bg-ok-tint text-ok'],
  gap: ['  ', 'text-subtle'],
} as const

export function TextDiff({ expected, actual }: { expected: string; actual: string }) {
  const lines = useMemo(() => diffLines(expected, actual), [expected, actual])
  return (
    <figure className="overflow-x-auto rounded-control border border-line">
      <figcaption className="flex gap-4 border-b border-line px-2 py-0.5 text-label">
        <span className="text-error">- {t('tests.expected')}</span>
        <span className="text-ok">+ {t('tests.actual')}</span>
      </figcaption>
      <pre className="min-w-max py-1 font-mono text-small leading-5">
        {lines.map(({ kind, text }, index) => (
          <div key={index} className={cx('px-2', looks[kind][1])}>
            {looks[kind][0]}
            {text}
          </div>
        ))}
      </pre>
    </figure>
  )
}
