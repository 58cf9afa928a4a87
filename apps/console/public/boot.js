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

// What the page at this address needs beside the shell is fetched with it (build/page-files.ts). Only fetched: a
// `modulepreload` would compile Monaco before the shell, and the API would be asked that much later.
for (const [path, files] of JSON.parse(document.querySelector('meta[name=page-files]')?.content || '[]')) {
  if (!new RegExp(path).test(location.pathname)) continue
  for (const href of files) {
    const link = { rel: 'preload', as: 'script', crossOrigin: '', href }
    document.head.append(Object.assign(document.createElement('link'), link))
  }
}
