import { writeSync } from 'node:fs'
import { ConfigError, startsAhead, takeEnv } from './config/env.ts'
import { envFromKeeper, keeperWaits, startKeeper } from './start-keeper.ts'

// Taken before the app's code can come, and before process.exit is closed to it.
const exit = (process as unknown as { reallyExit: (code: number) => never }).reallyExit.bind(process)
try {
  const known = startsAhead() ? null : takeEnv()
  const keeper = startKeeper(known)
  // Only now: the two threads come up side by side.
  const waits = known ? null : keeperWaits(keeper)
  const { startRuntime } = await import('./runtime.ts')
  await waits
  const env = known ?? envFromKeeper(keeper)
  if (!known) writeSync(1, `${JSON.stringify({ warm: true })}\n`)
  await startRuntime(await env, keeper, exit)
} catch (error) {
  const text =
    error instanceof ConfigError ? error.message : String(error instanceof Error ? error.stack : error)
  // process.stderr may belong to the app's log already, and the supervisor shows what stands here.
  writeSync(2, `The runtime cannot start: ${text}\n`)
  exit(1)
}
