import type { SourceView } from '@lathe/shared'
import type { Api } from './api.ts'
import { type Base, type Folder, sha256 } from './folder.ts'

/** All functions of an app with their drafts, page by page. */
async function remoteSources(api: Api, appid: string): Promise<Map<string, SourceView>> {
  const all = new Map<string, SourceView>()
  let after: string | undefined
  do {
    const page = await api.call('functions.sources', after === undefined ? { appid } : { appid, after })
    for (const one of page.sources) all.set(one.name, one)
    after = page.next ?? undefined
  } while (after !== undefined)
  return all
}

/** How a function here compares with its draft on the server, since both were level last. */
export const kinds = {
  level: 'is the same here and there',
  new: 'is only here',
  changed: 'changed here',
  missing: 'was deleted here; pull brings it back',
  behind: 'changed there; pull brings it',
  remote: 'is only there; pull brings it',
  gone: 'was deleted there; pull deletes it here',
  conflict:
    'changed here and there; commit or copy yours, then pull --force takes theirs and push --force keeps yours',
} as const

export interface Change {
  name: string
  kind: keyof typeof kinds
  source: string | null
  remote: SourceView | null
}

/** Every function of a folder and of its app, by name. */
export async function changesOf(api: Api, folder: Folder): Promise<Change[]> {
  const [local, remote] = await Promise.all([folder.sources(), remoteSources(api, folder.appid)])
  const names = [...new Set([...local.keys(), ...remote.keys()])].sort()
  return names.map((name) => {
    const source = local.get(name) ?? null
    const there = remote.get(name) ?? null
    return { name, kind: kindOf(source, there, folder.bases[name]), source, remote: there }
  })
}

function kindOf(source: string | null, there: SourceView | null, base: Base | undefined): Change['kind'] {
  if (source === null) return base ? 'missing' : 'remote'
  const isOurs = !base || base.sha256 !== sha256(source)
  if (there === null) return base ? (isOurs ? 'conflict' : 'gone') : 'new'
  if (source === there.source) return 'level'
  const isTheirs = !base || base.liveRevision !== there.liveRevision || base.sha256 !== sha256(there.source)
  return isOurs ? (isTheirs ? 'conflict' : 'changed') : 'behind'
}

/** Marks a function as level with the server. */
export function level(
  folder: Folder,
  name: string,
  source: string,
  { liveRevision, draftVersion }: Omit<Base, 'sha256'>,
): void {
  folder.bases[name] = { liveRevision, draftVersion, sha256: sha256(source) }
}
