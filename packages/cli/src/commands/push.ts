import type { SourceView } from '@lathe/shared'
import { Api, ApiError } from '../api.ts'
import { changesOf, kinds, level } from '../changes.ts'
import type { Invocation } from '../command.ts'
import { readLogin } from '../config/login.ts'
import { type Folder, fileOf, here, nameOf, sha256 } from '../folder.ts'
import { UsageError } from '../usage-error.ts'

/**
 * Saves what changed here as drafts. What changed there too is a conflict, and left, unless `--force`. What was deleted
 * here is deleted there with `--delete` alone: it goes to the app's recycle bin, and is not live any more.
 */
export async function run({ words, options, answer }: Invocation): Promise<number> {
  const folder = await here()
  const api = new Api(await readLogin())
  const { appid } = folder
  const pushed: string[] = []
  const conflicts: string[] = []
  const deleted: string[] = []
  const missing: string[] = []
  const refused: { name: string; reason: string; message: string }[] = []
  const wanted = new Set(words.map(nameOf))
  const changes = await changesOf(api, folder)
  const unknown = wanted
    .difference(new Set(changes.map(({ name }) => name)))
    .values()
    .next().value
  if (unknown !== undefined) throw new UsageError(`There is no ${fileOf(unknown)} here.`)
  for (const { name, kind, source, remote } of changes) {
    if (wanted.size > 0 && !wanted.has(name)) continue
    if (kind === 'missing') {
      if (!options.delete) missing.push(name)
      else if (isAsKnown(folder, name, remote) || options.force) {
        await api.call('functions.delete', { appid, name })
        delete folder.bases[name]
        deleted.push(name)
      } else conflicts.push(name)
    }
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
      if (!(error instanceof ApiError) || error.reason === 'UNREACHABLE') throw error
      if (/CONFLICT|NAME_TAKEN/.test(error.reason)) conflicts.push(name)
      else refused.push({ name, reason: error.reason, message: error.message })
    }
  }
  await folder.saveState()
  const lines = [
    pushed.length + conflicts.length + deleted.length + refused.length === 0 ? 'Nothing to push.' : '',
    ...pushed.map((name) => `draft saved: ${name}`),
    ...deleted.map((name) => `deleted: ${name}`),
    ...missing.map((name) => `${name} was deleted here; push --delete deletes it there, pull brings it back`),
    ...conflicts.map((name) => `${name} ${kinds.conflict}`),
    ...refused.map(({ name, message }) => `${fileOf(name)}: ${message}`),
  ]
  answer({ appid, pushed, deleted, missing, conflicts, refused }, lines.filter(Boolean).join('\n'))
  return conflicts.length + refused.length > 0 ? 1 : 0
}

/** Whether nobody has changed it there since it was level with this folder. */
function isAsKnown({ bases }: Folder, name: string, remote: SourceView | null): boolean {
  const base = bases[name]
  return (
    base !== undefined && remote?.liveRevision === base.liveRevision && sha256(remote.source) === base.sha256
  )
}
