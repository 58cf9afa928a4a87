import { Segments } from '../../components/ui/segments.tsx'
import { t } from '../../i18n/i18n.ts'
import { usePreferences } from '../../stores/preferences.ts'
import { PreferenceRow, PreferenceToggle } from './preference-row.tsx'

/** How the editor looks and types, and how it formats. */
export function EditorPreferences() {
  const preferences = usePreferences()
  const { set } = preferences.actions
  return (
    <>
      <PreferenceRow label={t('account.fontSize')}>
        <Segments
          label={t('account.fontSize')}
          value={String(preferences.fontSize)}
          onChange={(size) => set({ fontSize: Number(size) })}
          items={numbers('12', '13', '14', '16')}
        />
      </PreferenceRow>
      <PreferenceToggle
        label={t('account.wordWrap')}
        value={preferences.wordWrap}
        onChange={(wordWrap) => set({ wordWrap })}
      />
      <PreferenceToggle
        label={t('account.minimap')}
        value={preferences.minimap}
        onChange={(minimap) => set({ minimap })}
      />
      <PreferenceToggle label={t('account.vim')} value={preferences.vim} onChange={(vim) => set({ vim })} />
      <PreferenceToggle
        label={t('account.formatOnSave')}
        value={preferences.formatOnSave}
        onChange={(formatOnSave) => set({ formatOnSave })}
      />
      <PreferenceRow label={t('account.lineWidth')}>
        <Segments
          label={t('account.lineWidth')}
          value={String(preferences.lineWidth)}
          onChange={(width) => set({ lineWidth: Number(width) })}
          items={numbers('80', '100', '120')}
        />
      </PreferenceRow>
      <PreferenceToggle
        label={t('account.semicolons')}
        value={preferences.semicolons}
        onChange={(semicolons) => set({ semicolons })}
      />
      <PreferenceRow label={t('account.quotes')}>
        <Segments
          label={t('account.quotes')}
          value={preferences.singleQuotes ? 'single' : 'double'}
          onChange={(quotes) => set({ singleQuotes: quotes === 'single' })}
          items={[
            { value: 'single', label: t('account.quotesSingle') },
            { value: 'double', label: t('account.quotesDouble') },
          ]}
        />
      </PreferenceRow>
    </>
  )
}

function numbers(...values: string[]) {
  return values.map((value) => ({ value, label: value }))
}
