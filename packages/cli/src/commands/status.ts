import { Api } from '../api.ts'
import { changesOf, kinds } from '../changes.ts'
import type { Invocation } from '../command.ts'
import { readLogin } from '../config/login.ts'
import { here } from '../folder.ts'
import { table } from '../table.ts'

/** What differs between this folder and the drafts of its app. */
export async function run({ answer }: Invocation): Promise<void> {
  const folder = await here()
  const api = new Api(await readLogin())
  const [app, changes] = await Promise.all([
    api.call('apps.get', { appid: folder.appid }),
    changesOf(api, folder),
  ])
  const rows = changes.filter(({ kind }) => kind !== 'level').map(({ name, kind }) => ({ name, kind }))
  const { appid, name, phase, url } = app
  answer(
    { app: { appid, name, phase, url }, changes: rows },
    [
      `${name} (${appid}) is ${phase} at ${url}`,
      rows.length === 0
        ? 'This folder is level with it.'
        : table(rows.map(({ name, kind }) => [name, kinds[kind]])),
    ].join('\n'),
  )
}
