import { create } from 'zustand'
import { persist } from 'zustand/middleware'
import type { Locale } from '../i18n/i18n.ts'

export type ThemeChoice = 'system' | 'dark' | 'light' | 'contrast'
export type Theme = Exclude<ThemeChoice, 'system'>

interface Preferences {
  theme: ThemeChoice
  locale: Locale
  fontSize: number
  wordWrap: boolean
  minimap: boolean
  formatOnSave: boolean
  lineWidth: number
  semicolons: boolean
  singleQuotes: boolean
  vim: boolean
  actions: {
    set: (change: Partial<Omit<Preferences, 'actions'>>) => void
  }
}

/** What a person chose: this browser's copy of what is kept with the account (data/preferences.ts). `public/boot.js` reads the same key before the first paint. */
export const usePreferences = create<Preferences>()(
  persist(
    (set) => ({
      theme: 'system',
      locale: globalThis.navigator?.language.startsWith('zh') ? 'zh-CN' : 'en',
      fontSize: 13,
      wordWrap: false,
      minimap: false,
      formatOnSave: true,
      lineWidth: 100,
      semicolons: false,
      singleQuotes: true,
      vim: false,
      actions: { set: (change) => set(change) },
    }),
    { name: 'lathe:preferences', partialize: ({ actions: _, ...chosen }) => chosen },
  ),
)
