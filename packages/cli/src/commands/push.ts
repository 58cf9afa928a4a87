import { Api, ApiError } from '../api.ts'
import { changesOf, kinds, level } from '../changes.ts'
import type { Invocation } from '../command.ts'
import { readLogin } from '../config/login.ts'
import { here } from '../folder.ts'

/** Saves what changed here as drafts. What changed there too is a conflict, and left, unless `--force`. */
export async function run({ options, answer }: Invocation): Promise<number> {
  const folder = await here()
  const api = new Api(await readLogin())
  const { appid } = folder
  const pushed: string[] = []
  const conflicts: string[] = []
  for (const { name, kind, source, remote } of await changesOf(api, folder)) {
    if (source === null || kind === 'level') continue
    if (kind === 'conflict' && !options.force) conflicts.push(name)
    if (kind !== 'new' && kind !== 'changed' && !options.force) continue
    try {
      if (!remote) {
        const made = await api.call('functions.create', { appid, name, source })
        level(folder, name, source, { liveRevision: made.liveRevision, draftVersion: made.draft.version })
      } else {
        const saved = await api.call('functions.saveDraft', {
          appid,
          name,
          source,
          baseRevision: remote.liveRevision,
          draftVersion: remote.draftVersion,
        })
        level(folder, name, source, saved)
      }
      pushed.push(name)
    } catch (error) {
      const isOvertaken = error instanceof ApiError && /CONFLICT|NAME_TAKEN/.test(error.reason)
      if (!isOvertaken) throw error
      conflicts.push(name)
    }
  }
  await folder.saveState()
  const lines = [
    pushed.length === 0 && conflicts.length === 0 ? 'Nothing to push.' : '',
    ...pushed.map((name) => `draft saved: ${name}`),
    ...conflicts.map((name) => `${name} ${kinds.conflict}`),
  ]
  answer({ appid, pushed, conflicts }, lines.filter(Boolean).join('\n'))
  return conflicts.length > 0 ? 1 : 0
}
