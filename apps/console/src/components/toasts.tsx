import { Toaster } from 'sonner'
import { t } from '../i18n/i18n.ts'
import { useTheme } from '../lib/use-theme.ts'

/** Results of what happens out of sight. */
export function Toasts() {
  const theme = useTheme()
  return (
    <Toaster
      containerAriaLabel={t('toasts.label')}
      theme={theme === 'light' ? 'light' : 'dark'}
      position="bottom-right"
      offset={{ bottom: 36, right: 16 }}
      toastOptions={{
        style: {
          background: 'var(--raised)',
          border: '1px solid var(--line)',
          color: 'var(--fg)',
          font: '400 13px/20px var(--font-sans)',
          borderRadius: 8,
        },
      }}
    />
  )
}
