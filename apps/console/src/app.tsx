import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { lazy, StrictMode, Suspense, useEffect, useState } from 'react'
import { queryClient } from './data/trpc.ts'
import { activate, activeLocale } from './i18n/i18n.ts'
import { useApplyTheme } from './lib/use-theme.ts'
import { router } from './router.tsx'
import { useToasts } from './stores/overlays.ts'
import { usePreferences } from './stores/preferences.ts'

const Toasts = lazy(() => import('./components/toasts.tsx').then((m) => ({ default: m.Toasts })))

export function App() {
  useApplyTheme()
  const toasts = useToasts((s) => s.wanted)
  const locale = useActiveLocale()
  return (
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        {/* A new language renders everything anew: messages are plain functions. */}
        <RouterProvider key={locale} router={router} />
        <Suspense>{toasts && <Toasts />}</Suspense>
      </QueryClientProvider>
    </StrictMode>
  )
}

function useActiveLocale(): string {
  const wanted = usePreferences((s) => s.locale)
  const [locale, setLocale] = useState(activeLocale)
  useEffect(() => {
    // Monaco has read its texts for good: a page that has it begins anew in the other language.
    if (wanted !== activeLocale() && 'MonacoEnvironment' in self) location.reload()
    else void activate(wanted).then(() => setLocale(wanted))
  }, [wanted])
  return locale
}
