/**
 * Whole addresses of places in the console, to be sent to a colleague: each opens exactly there for whoever may see it,
 * after a sign-in where one is needed. The router reads them (router.tsx).
 */
function place(path: string, search: Record<string, string | number>): string {
  const url = new URL(path, location.origin)
  for (const [key, value] of Object.entries(search)) url.searchParams.set(key, String(value))
  return url.href
}

const functionPath = (appid: string, name: string) =>
  `/apps/${appid}/functions/${name.split('/').map(encodeURIComponent).join('/')}`

export function linkToLine(appid: string, name: string, line: number): string {
  return place(functionPath(appid, name), { line })
}

export function linkToCase(appid: string, name: string, caseId: string): string {
  return place(functionPath(appid, name), { case: caseId })
}

/** @param entry id of a stored line of the log */
export function linkToEntry(appid: string, entry: string): string {
  return place(`/apps/${appid}/logs`, { view: 'history', entry })
}

/** Requests of visitors and runs alike: both are recorded under the id of their request. */
export function linkToRequest(appid: string, requestId: string): string {
  return place(`/apps/${appid}/logs`, { view: 'requests', request: requestId })
}
