import '@fontsource-variable/inter/wght.css'
import '@fontsource-variable/jetbrains-mono/wght.css'
import './styles/app.css'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { headStart } from './head-start.ts'
import { activate } from './i18n/i18n.ts'
import { usePreferences } from './stores/preferences.ts'

headStart(location.pathname)
await activate(usePreferences.getState().locale)
createRoot(document.getElementById('root')!).render(<App />)
