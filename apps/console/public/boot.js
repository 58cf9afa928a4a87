// Runs before the first paint, as a file of its own because the content security policy forbids inline scripts.
try {
  const stored = JSON.parse(localStorage.getItem('lathe:preferences') || '{}').state || {}
  const dark = matchMedia('(prefers-color-scheme: dark)').matches
  const theme = stored.theme && stored.theme !== 'system' ? stored.theme : dark ? 'dark' : 'light'
  document.documentElement.dataset.theme = theme
  if (stored.locale) document.documentElement.lang = stored.locale
} catch {
  document.documentElement.dataset.theme = 'dark'
}
