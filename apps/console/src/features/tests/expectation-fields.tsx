import type { Expectation } from '@lathe/shared'
import type { ComponentProps } from 'react'
import { controlLook, inputLook } from '../../components/ui/field.tsx'
import { Select } from '../../components/ui/select.tsx'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { matchText } from './expectation-text.ts'

type Match = Extract<Expectation, { kind: 'header' }>['match']
const matches: Match[] = ['equals', 'contains', 'matches', 'exists']

/** The inputs of one expectation, of whatever kind. */
export function ExpectationFields({
  one,
  onChange,
}: {
  one: Expectation
  onChange: (next: Expectation) => void
}) {
  switch (one.kind) {
    case 'status':
      return (
        <Row title={t('tests.statusCode')}>
          <Input
            type="number"
            label={t('tests.statusCode')}
            value={one.status}
            onText={(text) => onChange({ ...one, status: Number(text) })}
          />
        </Row>
      )
    case 'duration':
      return (
        <Row title={t('tests.duration')}>
          <Input
            type="number"
            label={t('tests.durationMax')}
            value={one.maxMs}
            onText={(text) => onChange({ ...one, maxMs: Number(text) })}
          />
        </Row>
      )
    case 'header':
      return (
        <Row title={t('tests.header')}>
          <Input label={t('tests.header')} value={one.name} onText={(name) => onChange({ ...one, name })} />
          <Match one={one} onChange={(part) => onChange({ ...one, ...part })} />
        </Row>
      )
    case 'json':
      return (
        <Row title={t('tests.json')}>
          <Input label={t('tests.path')} value={one.path} onText={(path) => onChange({ ...one, path })} />
          <Match one={one} onChange={(part) => onChange({ ...one, ...part })} />
        </Row>
      )
    case 'schema':
      return (
        <Row title={t('tests.schema')}>
          <Area
            label={t('tests.schema')}
            value={one.schema}
            onText={(schema) => onChange({ ...one, schema })}
          />
        </Row>
      )
    case 'body':
      return (
        <Row title={t('tests.body')}>
          <Area label={t('tests.body')} value={one.body} onText={(body) => onChange({ ...one, body })} />
          <Area
            label={t('tests.ignore')}
            value={one.ignore.join('\n')}
            onText={(text) => onChange({ ...one, ignore: text.split('\n').filter((line) => line.trim()) })}
          />
        </Row>
      )
  }
}

function Row({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <div className="flex min-w-0 grow flex-wrap items-center gap-2">
      <span className="w-24 shrink-0 text-small font-medium text-muted">{title}</span>
      {children}
    </div>
  )
}

function Input({
  label,
  onText,
  ...rest
}: { label: string; onText: (text: string) => void } & ComponentProps<'input'>) {
  return (
    <input
      {...rest}
      aria-label={label}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => onText(event.target.value)}
      className={cx(inputLook, 'w-auto min-w-28 grow basis-0 font-mono text-small')}
    />
  )
}

function Area({ label, value, onText }: { label: string; value: string; onText: (text: string) => void }) {
  return (
    <label className="flex w-full flex-col gap-1 text-label text-muted">
      {label}
      <textarea
        value={value}
        rows={Math.min(12, value.split('\n').length + 1)}
        spellCheck={false}
        onChange={(event) => onText(event.target.value)}
        className={cx(controlLook, 'w-full resize-y py-1.5 font-mono text-small')}
      />
    </label>
  )
}

/** How a value is compared, and with what. */
function Match({
  one,
  onChange,
}: {
  one: { match: Match; value: string }
  onChange: (part: { match: Match } | { value: string }) => void
}) {
  return (
    <>
      <MatchSelect value={one.match} onChange={(match) => onChange({ match })} />
      {one.match !== 'exists' && (
        <Input label={t('tests.value')} value={one.value} onText={(value) => onChange({ value })} />
      )}
    </>
  )
}

function MatchSelect({ value, onChange }: { value: Match; onChange: (match: Match) => void }) {
  return (
    <Select
      aria-label={t('tests.match')}
      className="w-40"
      value={value}
      onChange={(event) => onChange(matches.find((one) => one === event.target.value) ?? 'equals')}
    >
      {matches.map((match) => (
        <option key={match} value={match}>
          {matchText(match)}
        </option>
      ))}
    </Select>
  )
}
