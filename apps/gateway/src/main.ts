import type { ChildReport } from '@lathe/shared'
import { readConfig, SettingError } from './config/env.ts'
import { startGateway } from './gateway.ts'
import { createLogger } from './logger.ts'

const LAST_RESORT_MS = 5_000

function report(message: ChildReport): void {
  if (process.send && process.connected) process.send(message)
}

async function main(): Promise<void> {
  const config = readConfig(process.env)
  const gatewayLog = createLogger(config.env.LATHE_LOG_LEVEL)
  const { log, flush } = gatewayLog
  const gateway = await startGateway(config, gatewayLog)
  log.info({ address: gateway.address }, 'gateway listening')
  report({ type: 'serving', address: gateway.address })

  let stopping = false
  const stop = (reason: string) => {
    if (stopping) return
    stopping = true
    log.info({ reason }, 'gateway stopping')
    setTimeout(() => process.exit(1), config.limits.drainMs + LAST_RESORT_MS).unref()
    void gateway[Symbol.asyncDispose]().then(() => {
      // After the parent's end nobody reads the log, and pino would wait for its reader for ever.
      if (process.connected !== false) flush()
      process.exitCode = 0
      if (process.connected) process.disconnect?.()
    })
  }
  process.on('SIGTERM', () => stop('SIGTERM'))
  process.on('SIGINT', () => stop('SIGINT'))
  process.on('disconnect', () => stop('parent gone'))
}

main().catch((error: unknown) => {
  if (error instanceof SettingError) {
    report({ type: 'refused', setting: error.setting, message: error.message })
    process.stderr.write(`${error.setting}: ${error.message}\n`)
  } else {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  }
  process.exitCode = 1
  if (process.connected) process.disconnect?.()
})
