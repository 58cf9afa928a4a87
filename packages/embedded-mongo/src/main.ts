import type { ChildReport } from '@lathe/shared/supervisor'
import { readConfig } from './config.ts'
import { MongoServer, StartRefused } from './server/server.ts'

const SETTINGS = { dataDir: 'LATHE_MONGO_DATA', port: 'LATHE_MONGO_PORT' } as const

function report(message: ChildReport): Promise<void> {
  return new Promise((resolve) => {
    if (process.send) process.send(message, undefined, undefined, () => resolve())
    else {
      console.error(message.type === 'refused' ? `${message.setting}: ${message.message}` : message)
      resolve()
    }
  })
}

async function refuse(setting: string, message: string): Promise<void> {
  await report({ type: 'refused', setting, message })
  process.exitCode = 1
  if (process.connected) process.disconnect?.()
}

async function main(): Promise<void> {
  const config = readConfig(process.env)
  if (!config.ok) return refuse(config.setting, config.message)
  let server: MongoServer
  try {
    server = await MongoServer.start(config.options)
  } catch (error) {
    if (error instanceof StartRefused) return refuse(SETTINGS[error.setting], error.message)
    throw error
  }
  let stopping = false
  const stop = async (): Promise<void> => {
    if (stopping) return
    stopping = true
    // The last resort, should something keep the process alive.
    setTimeout(() => process.exit(1), 10_000).unref()
    await server.close()
    if (process.connected) process.disconnect?.()
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.on('disconnect', stop)
  console.error(
    'embedded database: limited stand-in for MongoDB; set MONGODB_URL to use a real one (docs/EMBEDDED-DATABASE.md)',
  )
  await report({ type: 'serving', address: server.address })
}

await main()
