import { Api } from '../api.ts'
import { changesOf, kinds, level } from '../changes.ts'
import type { Invocation } from '../command.ts'
import { readLogin } from '../config/login.ts'
import { Folder, here } from '../folder.ts'
import { scaffold } from '../scaffold.ts'

/** Brings what changed on the server; a file that changed here too is left, unless `--force`. */
export async function run({ words, options, answer }: Invocation): Promise<number> {
  const [appid, path = appid] = words
  const folder = appid === undefined ? await here() : ((await Folder.read(path!)) ?? new Folder(path!, appid))
  const api = new Api(await readLogin())
  const app = await api.call('apps.get', { appid: folder.appid })
  await scaffold(api, folder, app)
  const pulled: string[] = []
  const deleted: string[] = []
  const conflicts: string[] = []
  for (const { name, kind, source, remote } of await changesOf(api, folder)) {
    if (kind === 'level') level(folder, name, remote!.source, remote!)
    else if (kind === 'conflict' && !options.force) conflicts.push(name)
    else if ((kind === 'new' || kind === 'changed') && !options.force) continue
    else if (remote) {
      await folder.write(name, remote.source)
      level(folder, name, remote.source, remote)
      pulled.push(name)
    } else if (kind !== 'new') {
      if (source !== null) {
        await folder.remove(name)
        deleted.push(name)
      }
      delete folder.bases[name]
    }
  }
  await folder.saveState()
  const lines = [
    `${app.name} in ${folder.path}: ${pulled.length} pulled, ${deleted.length} deleted.`,
    ...conflicts.map((name) => `${name} ${kinds.conflict}`),
  ]
  answer({ appid: folder.appid, folder: folder.path, pulled, deleted, conflicts }, lines.join('\n'))
  return conflicts.length > 0 ? 1 : 0
}
