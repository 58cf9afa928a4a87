import { Api, ApiError } from '../api.ts'
import { type Change, changesOf, kinds, level } from '../changes.ts'
import type { Invocation } from '../command.ts'
import { readLogin } from '../config/login.ts'
import { fileOf, here, nameOf } from '../folder.ts'
import { UsageError } from '../usage-error.ts'

/**
 * Makes files live that are not: one after another, each on top of the revision that was last seen. `--force` publishes
 * what is in this folder over what others did, as a CI job wants it that publishes what is in git.
 */
export async function run({ words: given, options, answer }: Invocation): Promise<number> {
  const words = given.map(nameOf)
  const folder = await here()
  const api = new Api(await readLogin())
  const { appid } = folder
  const changes = await changesOf(api, folder)
  const unknown = words.find((word) => !changes.some(({ name, source }) => name === word && source !== null))
  if (unknown !== undefined) throw new UsageError(`There is no ${fileOf(unknown)} here.`)
  const published: { name: string; revision: number; liveInMs: number | null }[] = []
  const refused: { name: string; reason: string; message: string }[] = []
  for (const { name, kind, source, remote: there } of changes) {
    if (source === null || (words.length > 0 && !words.includes(name)) || isLive(kind, there)) continue
    // Files of tests have no address: `push` is all they need.
    if (name.endsWith('.test') && words.length === 0) continue
    const isOvertaken = kind === 'conflict' || kind === 'behind' || kind === 'gone'
    if (isOvertaken && !options.force) {
      // Nobody asked for what is only older here.
      if (kind === 'conflict' || words.length > 0)
        refused.push({ name, reason: 'CONFLICT', message: kinds[kind] })
      continue
    }
    try {
      if (!there) {
        const made = await api.call('functions.create', { appid, name, source })
        level(folder, name, source, { liveRevision: made.liveRevision, draftVersion: made.draft.version })
      }
      const done = await api.call('functions.publish', {
        appid,
        name,
        source,
        baseRevision: there?.liveRevision ?? 0,
        ...(typeof options.note === 'string' ? { note: options.note } : {}),
      })
      published.push({ name, revision: done.revision, liveInMs: done.liveInMs })
      const now = await api.call('functions.get', { appid, name })
      level(folder, name, source, { liveRevision: now.liveRevision, draftVersion: now.draft.version })
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      refused.push({ name, reason: error.reason, message: placed(name, error) })
    }
  }
  await folder.saveState()
  const lines = [
    ...published.map(
      ({ name, revision, liveInMs }) => `${name}: revision ${revision}, live in ${liveInMs} ms`,
    ),
    ...refused.map(({ name, reason, message }) => `${name}: ${reason}: ${message}`),
    published.length + refused.length === 0 ? 'Everything is live.' : '',
  ]
  answer({ appid, published, refused }, lines.filter(Boolean).join('\n'))
  return refused.length > 0 ? 1 : 0
}

function isLive(kind: Change['kind'], there: Change['remote']): boolean {
  return kind === 'level' && there !== null && there.liveRevision > 0 && !there.draftDiffers
}

/** As compilers write it, so that editors and CI find the place. */
function placed(name: string, { message, details }: ApiError): string {
  const markers = (details as { markers?: { line: number; column: number; message: string }[] } | null)
    ?.markers
  if (!markers?.length) return message
  return markers.map((one) => `${fileOf(name)}:${one.line}:${one.column}: ${one.message}`).join('\n')
}
