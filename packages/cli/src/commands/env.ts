import type { Invocation } from '../command.ts'
import { target } from '../folder.ts'
import { table } from '../table.ts'
import { UsageError } from '../usage-error.ts'

export async function run({ words: [verb, ...rest], options, answer }: Invocation): Promise<void> {
  const { api, appid } = await target(options)
  if (verb === 'set' && rest.length > 0) {
    await api.call('env.set', { appid, variables: rest.map((one) => variable(one, options.plain === true)) })
  } else if (verb === 'unset' && rest.length > 0) {
    await api.call('env.unset', { appid, names: rest })
  } else if (verb !== undefined) throw new UsageError('lathe env [set <NAME>=<value>... | unset <NAME>...]')
  const { variables } = await api.call('env.list', { appid })
  answer(variables, table(variables.map(({ name, value }) => [name, value ?? '••••••••'])) || 'No variables.')
}

function variable(text: string, plain: boolean): { name: string; value: string; secret: boolean } {
  const at = text.indexOf('=')
  if (at < 1) throw new UsageError(`${text}: write NAME=value.`)
  return { name: text.slice(0, at), value: text.slice(at + 1), secret: !plain }
}
