import { usePreferences } from '../stores/preferences.ts'

/** The editor in the person's language: Monaco reads its own texts once, when it is loaded. */
export async function loadEditor() {
  await loadTexts()
  return import('./editor-area.tsx')
}

/** Monaco and the language service, before there is anything to edit. */
export async function preloadEditor(): Promise<void> {
  await loadTexts()
  await import('./preload.ts')
}

async function loadTexts(): Promise<void> {
  if (usePreferences.getState().locale === 'zh-CN') await import('monaco-editor/nls/lang/zh-cn')
}
