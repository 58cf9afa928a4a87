import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { Tooltip } from 'radix-ui'
import { StrictMode, useEffect, useState } from 'react'
import { Toaster } from 'sonner'
import { queryClient } from './data/trpc.ts'
import { activate, activeLocale } from './i18n/i18n.ts'
import { useApplyTheme, useTheme } from './lib/use-theme.ts'
import { router } from './router.tsx'
import { usePreferences } from './stores/preferences.ts'

export function App() {
  useApplyTheme()
  const theme = useTheme()
  const locale = useActiveLocale()
  return (
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <Tooltip.Provider delayDuration={400} skipDelayDuration={200}>
          {/* A new language renders everything anew: messages are plain functions. */}
          <RouterProvider key={locale} router={router} />
          <Toaster
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
        </Tooltip.Provider>
      </QueryClientProvider>
    </StrictMode>
  )
}

function useActiveLocale(): string {
  const wanted = usePreferences((s) => s.locale)
  const [locale, setLocale] = useState(activeLocale)
  useEffect(() => {
    void activate(wanted).then(() => setLocale(wanted))
  }, [wanted])
  return locale
}
