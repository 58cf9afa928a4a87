import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Frame } from '../../components/shell/top-bar.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Segments } from '../../components/ui/tabs.tsx'
import { sessionQuery, signOut } from '../../data/session.ts'
import { type Locale, locales, t } from '../../i18n/i18n.ts'
import { type ThemeChoice, usePreferences } from '../../stores/preferences.ts'
import { Tokens } from './tokens.tsx'

export function AccountPage() {
  const { data: person } = useQuery(sessionQuery)
  const preferences = usePreferences()
  const { set } = preferences.actions
  return (
    <Frame>
      <title>{`${t('account.title')} · Lathe`}</title>
      <main className="h-full overflow-y-auto">
        <div className="mx-auto flex max-w-[720px] flex-col px-6 py-6">
          <div className="mb-4 flex items-center gap-3">
            <div className="min-w-0 grow">
              <h1 className="text-page font-semibold">{t('account.title')}</h1>
              <p className="truncate text-muted">{person?.email}</p>
            </div>
            <Button onClick={() => void signOut()}>{t('account.signOut')}</Button>
          </div>
          <Row label={t('account.theme')}>
            <Segments
              label={t('account.theme')}
              value={preferences.theme}
              onChange={(theme) => set({ theme: theme as ThemeChoice })}
              items={[
                { value: 'system', label: t('account.themeSystem') },
                { value: 'dark', label: t('account.themeDark') },
                { value: 'light', label: t('account.themeLight') },
                { value: 'contrast', label: t('account.themeContrast') },
              ]}
            />
          </Row>
          <Row label={t('account.language')}>
            <Segments
              label={t('account.language')}
              value={preferences.locale}
              onChange={(locale) => set({ locale: locale as Locale })}
              items={Object.entries(locales).map(([value, label]) => ({ value, label }))}
            />
          </Row>
          <Row label={t('account.fontSize')}>
            <Segments
              label={t('account.fontSize')}
              value={String(preferences.fontSize)}
              onChange={(size) => set({ fontSize: Number(size) })}
              items={['12', '13', '14', '16'].map((value) => ({ value, label: value }))}
            />
          </Row>
          <Toggle
            label={t('account.wordWrap')}
            value={preferences.wordWrap}
            onChange={(wordWrap) => set({ wordWrap })}
          />
          <Toggle
            label={t('account.minimap')}
            value={preferences.minimap}
            onChange={(minimap) => set({ minimap })}
          />
          <Toggle
            label={t('account.formatOnSave')}
            value={preferences.formatOnSave}
            onChange={(formatOnSave) => set({ formatOnSave })}
          />
          <Toggle label={t('account.vim')} value={preferences.vim} onChange={(vim) => set({ vim })} />
          <Tokens />
        </div>
      </main>
    </Frame>
  )
}

function Row({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex min-h-12 items-center justify-between gap-4 border-t border-line py-2">
      <span>{label}</span>
      {children}
    </div>
  )
}

function Toggle({
  label,
  value,
  onChange,
}: {
  label: string
  value: boolean
  onChange: (value: boolean) => void
}) {
  return (
    <Row label={label}>
      <Segments
        label={label}
        value={value ? 'on' : 'off'}
        onChange={(next) => onChange(next === 'on')}
        items={[
          { value: 'off', label: t('account.off') },
          { value: 'on', label: t('account.on') },
        ]}
      />
    </Row>
  )
}
