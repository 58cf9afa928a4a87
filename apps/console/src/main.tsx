import '@fontsource-variable/inter/wght.css'
import './styles/app.css'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { headStart } from './head-start.ts'
import { activate } from './i18n/i18n.ts'
import { usePreferences } from './stores/preferences.ts'

/** After an update the old page's files are gone: it starts anew, once. */
const RELOADED = 'lathe:reloaded'
addEventListener('vite:preloadError', (event) => {
  const last = Number(sessionStorage.getItem(RELOADED))
  if (Date.now() - last < 30_000) return
  sessionStorage.setItem(RELOADED, String(Date.now()))
  event.preventDefault()
  location.reload()
})

const speaking = activate(usePreferences.getState().locale)
headStart(location.pathname)
await speaking
createRoot(document.getElementById('root')!).render(<App />)
