import type { ReactNode } from 'react'
import { Segments } from '../../components/ui/segments.tsx'
import { t } from '../../i18n/i18n.ts'

export function PreferenceRow({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex min-h-12 items-center justify-between gap-4 border-t border-line py-2">
      <span>{label}</span>
      {children}
    </div>
  )
}

export function PreferenceToggle({
  label,
  value,
  onChange,
}: {
  label: string
  value: boolean
  onChange: (value: boolean) => void
}) {
  return (
    <PreferenceRow label={label}>
      <Segments
        label={label}
        value={value ? 'on' : 'off'}
        onChange={(next) => onChange(next === 'on')}
        items={[
          { value: 'off', label: t('account.off') },
          { value: 'on', label: t('account.on') },
        ]}
      />
    </PreferenceRow>
  )
}
