import type { ChildReport } from '@lathe/shared'
import { readEnv, SettingRefused } from './config/env.ts'
import { startApi } from './server.ts'

const STOP_MS = 8_000

function report(message: ChildReport): void {
  process.send?.(message)
}

try {
  const env = readEnv(process.env)
  const api = await startApi(env)
  let stopping = false
  const stop = async () => {
    if (stopping) return
    stopping = true
    setTimeout(() => process.exit(1), STOP_MS).unref() // the last resort
    await api[Symbol.asyncDispose]()
    process.exitCode = 0
    if (process.connected) process.disconnect?.()
  }
  process.on('SIGTERM', () => void stop())
  process.on('SIGINT', () => void stop())
  process.on('disconnect', () => void stop())
  if (api.signInLink) report({ type: 'sign-in-link', url: api.signInLink })
  report({ type: 'serving', address: env.LATHE_API_SOCKET })
} catch (error) {
  if (error instanceof SettingRefused) report(error.report)
  console.error(error instanceof SettingRefused ? error.message : error)
  process.exitCode = 1
  if (process.connected) process.disconnect?.()
}
