import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { readSettings } from './config/settings.ts'
import { startLathe } from './lathe.ts'
import { Refusal } from './refusal.ts'
import { welcome } from './terminal.ts'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
}

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort())
// The channel to `npm start`: it closes when that process dies, however it dies.
process.on('disconnect', () => stop.abort())

const say = (text: string) => process.stdout.write(`${text}\n`)

try {
  const startedAt = performance.now()
  await using lathe = await startLathe(readSettings(process.env), stop.signal)
  lathe.events.on('crashed', ({ name, code, signal, retryInMs }) =>
    say(
      `${name} ended with ${signal ?? `code ${code}`}; starting it again in ${retryInMs} ms. Its log: ${lathe.data.logs}/${name}.log`,
    ),
  )
  say(welcome(lathe, version, (performance.now() - startedAt) / 1000))
  if (!stop.signal.aborted) await once(stop.signal, 'abort')
  say('Stopping ...')
} catch (error) {
  if (!stop.signal.aborted) {
    const line = error instanceof Refusal ? error.line : `Lathe could not start. ${(error as Error).message}`
    process.stderr.write(`\n${line}\n`)
    process.exitCode = 1
  }
} finally {
  // The channel to `npm start` would keep this process alive.
  if (process.connected) process.disconnect?.()
}
