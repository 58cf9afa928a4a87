import { relative } from 'node:path'
import type { Lathe } from './lathe.ts'

/** What a person reads after `npm start`. */
export function welcome(lathe: Lathe, version: string, seconds: number): string {
  const near = (path: string) => {
    const short = relative(process.cwd(), path)
    return short.startsWith('..') ? path : `./${short}`
  }
  const database =
    lathe.database === 'embedded'
      ? `embedded, in ${near(lathe.data.root)} (set MONGODB_URL to use a MongoDB of your own)`
      : 'MongoDB at MONGODB_URL'
  const rows = [
    ['console', lathe.url],
    ['functions', `http://<appid>.${lathe.appsDomain}/<function>`],
    ['database', database],
    ['logs', near(lathe.data.logs)],
  ]
  if (lathe.signInLink)
    rows.push(['sign in', `${lathe.signInLink}\n             (works once, and makes the first account)`])
  const lines = rows.map(([name, value]) => `  ${name!.padEnd(10)} ${value}`)
  return [
    `\nLathe ${version}`,
    '',
    ...lines,
    '',
    `Ready in ${seconds.toFixed(1)} s. Ctrl-C stops everything.`,
    '',
  ].join('\n')
}
