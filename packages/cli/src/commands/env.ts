import type { Invocation } from '../command.ts'
import { target } from '../folder.ts'
import { table } from '../table.ts'
import { UsageError } from '../usage-error.ts'

export async function run({ words: [verb, ...rest], options, answer }: Invocation): Promise<void> {
  const { api, appid } = await target(options)
  if (verb === 'set' && rest.length > 0) {
    const variables = await Promise.all(rest.map((one) => variable(one, rest.length, options.plain === true)))
    await api.call('env.set', { appid, variables })
  } else if (verb === 'unset' && rest.length > 0) {
    await api.call('env.unset', { appid, names: rest })
  } else if (verb !== undefined)
    throw new UsageError('lathe env [set <NAME> < file | set <NAME>=<value>... --plain | unset <NAME>...]')
  const { variables } = await api.call('env.list', { appid })
  answer(variables, table(variables.map(({ name, value }) => [name, value ?? '••••••••'])) || 'No variables.')
}

/**
 * A secret's value is read from standard input: everybody on the machine sees the arguments of programs (`ps`), and the
 * shell keeps them.
 */
async function variable(
  text: string,
  count: number,
  plain: boolean,
): Promise<{ name: string; value: string; secret: boolean }> {
  const at = text.indexOf('=')
  if (at === 0) throw new UsageError(`${text}: write a name first.`)
  if (at > 0) {
    if (plain) return { name: text.slice(0, at), value: text.slice(at + 1), secret: false }
    const name = text.slice(0, at)
    throw new UsageError(
      `Everybody on this machine can see the arguments of programs. Pipe the secret (lathe env set ${name} < file), or say --plain.`,
    )
  }
  if (count > 1) throw new UsageError('Standard input has one value: name one variable.')
  let value = ''
  for await (const part of process.stdin.setEncoding('utf8')) value += part
  // One line, as `echo` and editors end it.
  return { name: text, value: value.replace(/\r?\n$/, ''), secret: !plain }
}
