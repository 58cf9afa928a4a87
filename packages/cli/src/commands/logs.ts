import type { LogEvent, LogLevel, LogLine } from '@lathe/shared'
import type { Invocation } from '../command.ts'
import { nameOf, target } from '../folder.ts'
import { plain } from '../plain.ts'

/** The last lines, oldest first; `-f` shows those that come, until Ctrl-C. With `--json` a line of JSON each. */
export async function run({ options, answer }: Invocation): Promise<void> {
  const { api, appid } = await target(options)
  const filter = {
    appid,
    ...(typeof options.function === 'string' ? { functionName: nameOf(options.function) } : {}),
    ...(typeof options.level === 'string' ? { level: options.level as LogLevel } : {}),
  }
  if (!options.follow) {
    const { lines } = await api.call('logs.query', filter)
    if (lines.length === 0) process.stderr.write('No lines.\n')
    for (const line of lines.toReversed()) answer(line, textOf(line))
    return
  }
  for await (const event of api.events<LogEvent>('logs.tail', filter)) {
    if (event.type === 'line') answer(event.line, textOf(event.line))
    else answer(event, `… ${event.count} lines were lost`)
  }
}

function textOf({ at, level, functionName, text }: LogLine): string {
  return `${at} ${level.padEnd(5)} ${functionName ?? ''}  ${plain(text)}`
}
