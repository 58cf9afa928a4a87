import type { ApiEnv } from '@lathe/shared'
import type { Logger } from 'pino'
import type { Auth } from './auth/auth.ts'
import type { Guesses } from './auth/guesses.ts'
import type { SingleSignOn } from './auth/single-sign-on.ts'
import type { RuntimeChannels } from './control/runtime-channels.ts'
import type { DebugSessions } from './debug/debug-sessions.ts'
import type { GatewayDriver } from './drivers/gateway/gateway-driver.ts'
import type { ChangeFeed } from './live/change-feed.ts'
import type { LogHub } from './logs/log-hub.ts'
import type { Mailer } from './mail/mailer.ts'
import type { Mongo } from './mongo/mongo.ts'
import type { PresenceHub } from './presence/presence-hub.ts'
import type { Reconciler } from './reconciler/reconciler.ts'
import type { SecretBox } from './secret-box.ts'
import type { TeamHub } from './services/dashboard/team-hub.ts'
import type { Changes } from './services/dependencies/changes.ts'
import type { Packages } from './services/dependencies/packages.ts'
import type { SharedReads } from './shared-reads.ts'
import type { TriggerScheduler } from './triggers/scheduler.ts'

/** Everything that the verbs need, made once per process, by hand, in server.ts. */
export interface Context {
  env: ApiEnv
  log: Logger
  mongo: Mongo
  auth: Auth
  guesses: Guesses
  singleSignOn: SingleSignOn
  secrets: SecretBox
  /** The runtimes that are connected now. */
  channels: RuntimeChannels
  gateway: GatewayDriver
  reconciler: Reconciler
  debug: DebugSessions
  dependencies: { packages: Packages; changes: Changes }
  logs: LogHub
  /** What is written to the database, as it is written. */
  changes: ChangeFeed
  /** What teams look like now. */
  teams: TeamHub
  presence: PresenceHub
  /** Large reads that many ask for at once. */
  reads: SharedReads
  mailer: Mailer
  triggers: TriggerScheduler
}
