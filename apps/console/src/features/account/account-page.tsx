import { useQuery } from '@tanstack/react-query'
import { Frame } from '../../components/shell/top-bar.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Segments } from '../../components/ui/segments.tsx'
import { sessionQuery, signOut } from '../../data/session.ts'
import { type Locale, locales, t } from '../../i18n/i18n.ts'
import { type ThemeChoice, usePreferences } from '../../stores/preferences.ts'
import { EditorPreferences } from './editor-preferences.tsx'
import { PreferenceRow } from './preference-row.tsx'
import { Security } from './security.tsx'
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
          <PreferenceRow label={t('account.theme')}>
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
          </PreferenceRow>
          <PreferenceRow label={t('account.language')}>
            <Segments
              label={t('account.language')}
              value={preferences.locale}
              onChange={(locale) => set({ locale: locale as Locale })}
              items={Object.entries(locales).map(([value, label]) => ({ value, label }))}
            />
          </PreferenceRow>
          <EditorPreferences />
          <Security />
          <Tokens />
        </div>
      </main>
    </Frame>
  )
}
