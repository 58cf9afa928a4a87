import type { Method, RunEvent } from '@lathe/shared'
import { type Api, ApiError } from '../api.ts'
import type { Invocation } from '../command.ts'
import { fileOf, here, nameOf, target } from '../folder.ts'
import { plain } from '../plain.ts'
import { UsageError } from '../usage-error.ts'

/** Runs the local file as a draft, in the app's runtime; exit code 1 for an answer of 500 or more. */
export async function run({ words: [word], options, answer }: Invocation): Promise<number> {
  if (word === undefined) throw new UsageError('Say which function: lathe run <function>.')
  const name = nameOf(word)
  const { api, appid } = await target(options)
  const isLocal = !options.live && !options.app
  const source = isLocal ? (await (await here()).sources()).get(name) : undefined
  if (isLocal && source === undefined) {
    throw new UsageError(`There is no ${fileOf(name)} here; --live runs what is live.`)
  }
  const body = typeof options.body === 'string' ? options.body : null
  const request = {
    method: (options.method ?? (body === null ? 'GET' : 'POST')) as Method,
    query: String(options.query ?? ''),
    headers: body === null ? {} : { 'content-type': 'application/json' },
    body,
  }
  const input = { appid, name, request, ...(source === undefined ? {} : { source }) }
  let code = 1
  // Lines may follow the answer for a moment.
  for await (const event of runOf(api, input)) {
    if (event.type === 'log') process.stderr.write(`${event.line.level}: ${plain(event.line.text)}\n`)
    else if (event.type === 'error') answer(event, `${event.reason}: ${event.message}`)
    else if (event.type === 'response') {
      const { status, durationMs, body: text } = event.response
      answer(event.response, `${status} in ${Math.round(durationMs)} ms\n${text}`)
      code = status >= 500 ? 1 : 0
    }
  }
  return code
}

/** @throws ApiError that says what to do where the app does not have the function yet */
async function* runOf(
  api: Api,
  input: { name: string; source?: string } & Record<string, unknown>,
): AsyncGenerator<RunEvent, void> {
  try {
    yield* api.events<RunEvent>('runs.execute', input)
  } catch (error) {
    const isNew = error instanceof ApiError && error.reason === 'NOT_FOUND' && input.source !== undefined
    if (!isNew) throw error
    const { name } = input
    throw new ApiError(
      `The app does not have ${name} yet: \`lathe push ${name}\` first.`,
      error.reason,
      error.details,
    )
  }
}
