import { useEffect } from 'react'
import { type Theme, usePreferences } from '../stores/preferences.ts'
import { useMedia } from './use-media.ts'

/** The theme in force: the chosen one, or the system's. */
export function useTheme(): Theme {
  const choice = usePreferences((s) => s.theme)
  const dark = useMedia('(prefers-color-scheme: dark)')
  const contrast = useMedia('(prefers-contrast: more)')
  if (choice !== 'system') return choice
  if (contrast) return 'contrast'
  return dark ? 'dark' : 'light'
}

/** Puts the theme in force on the document, where the tokens hang on it. */
export function useApplyTheme(): void {
  const theme = useTheme()
  useEffect(() => {
    document.documentElement.dataset.theme = theme
  }, [theme])
}
