import type { Invocation } from '../command.ts'
import { target } from '../folder.ts'
import { table } from '../table.ts'
import { UsageError } from '../usage-error.ts'

export async function run({ words: [verb, ...names], options, answer }: Invocation): Promise<void> {
  const { api, appid } = await target(options)
  if (verb === 'add' && names.length > 0)
    await api.call('dependencies.add', { appid, packages: names.map(wanted) })
  else if (verb === 'remove' && names.length > 0) await api.call('dependencies.remove', { appid, names })
  else if (verb !== undefined) throw new UsageError('lathe deps [add <package>... | remove <package>...]')
  const { dependencies } = await api.call('dependencies.list', { appid })
  answer(
    dependencies,
    table(dependencies.map(({ name, range, version }) => [name, range, version])) || 'No packages.',
  )
}

/** `lodash@^4`, `@scope/name@1`, or a bare name, which is its newest. */
function wanted(text: string): { name: string; range: string } {
  const at = text.indexOf('@', 1)
  return at < 0 ? { name: text, range: 'latest' } : { name: text.slice(0, at), range: text.slice(at + 1) }
}
