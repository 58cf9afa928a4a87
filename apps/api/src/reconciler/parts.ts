import type { ApiEnv } from '@lathe/shared'
import type { Logger } from 'pino'
import type { RuntimeChannels } from '../control/runtime-channels.ts'
import type { GatewayDriver } from '../drivers/gateway/gateway-driver.ts'
import type { RuntimeDriver } from '../drivers/runtime/runtime-driver.ts'
import type { Mongo } from '../mongo/mongo.ts'
import type { SecretBox } from '../secret-box.ts'
import type { Semaphore } from '../semaphore.ts'
import type { RuntimePackages } from '../services/dependencies/packages.ts'

/** What the reconciler works with. */
export interface ReconcilerParts {
  env: ApiEnv
  log: Logger
  mongo: Mongo
  secrets: SecretBox
  driver: RuntimeDriver
  gateway: GatewayDriver
  channels: RuntimeChannels
  packages: {
    /** What a runtime that starts now imports from; restored where this machine has not got it. */
    forRuntime(appid: string, teamId: string): Promise<RuntimePackages>
    /** Removes packages that no runtime of the app needs any more. */
    collect(appid: string): Promise<void>
    removeApp(appid: string): Promise<void>
  }
  /** How many runtimes start at a time on this machine. */
  starts: Semaphore
}

export function databaseSecret(appid: string): string {
  return `app:${appid}:database`
}
