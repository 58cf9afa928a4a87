/** In this order: browsers also name those that they are made of. */
const browsers: [string, RegExp][] = [
  ['Edge', /\bEdgA?\//],
  ['Opera', /\bOPR\//],
  ['Firefox', /\b(Firefox|FxiOS)\//],
  ['Chrome', /\b(Chrome|CriOS|HeadlessChrome)\//],
  ['Safari', /\bSafari\//],
]
const systems: [string, RegExp][] = [
  ['Android', /\bAndroid\b/],
  ['iOS', /\b(iPhone|iPad)\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\bMac OS X\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['Linux', /\bLinux\b/],
]

/** What a `User-Agent` is recognised by, for a person; empty where it is not. */
export function browserIn(userAgent: string): { browser: string; system: string } {
  const nameOf = (table: [string, RegExp][]) => table.find(([, sign]) => sign.test(userAgent))?.[0] ?? ''
  return { browser: nameOf(browsers), system: nameOf(systems) }
}
