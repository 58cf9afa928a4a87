import type { ApiEnv } from '@lathe/shared'
import { MongoServerError } from 'mongodb'
import type { Logger } from 'pino'
import { createAuth } from './auth/auth.ts'
import { firstRun } from './auth/first-run.ts'
import { Guesses } from './auth/guesses.ts'
import { SingleSignOn } from './auth/single-sign-on.ts'
import { SettingRefused } from './config/env.ts'
import { readHostEnv } from './config/host-env.ts'
import { readOtelEnv } from './config/otel-env.ts'
import type { Context } from './context.ts'
import { ControlServer } from './control/control-server.ts'
import { RuntimeChannels } from './control/runtime-channels.ts'
import { DebugSessions } from './debug/debug-sessions.ts'
import { EmbeddedGatewayDriver } from './drivers/gateway/embedded-driver.ts'
import { LocalDriver } from './drivers/runtime/local-driver.ts'
import type { RuntimeDriver } from './drivers/runtime/runtime-driver.ts'
import { listenHttp } from './http/http-server.ts'
import { ChangeFeed } from './live/change-feed.ts'
import { createLogger } from './logger.ts'
import { LogHub } from './logs/log-hub.ts'
import { Mailer } from './mail/mailer.ts'
import { createIndexes } from './mongo/indexes.ts'
import { connectMongo, type Mongo } from './mongo/mongo.ts'
import { Occupancy } from './mongo/occupancy.ts'
import { PresenceHub } from './presence/presence-hub.ts'
import { Reconciler } from './reconciler/reconciler.ts'
import { SecretBox } from './secret-box.ts'
import { Semaphore } from './semaphore.ts'
import { sealPlainCases } from './services/cases/seal-plain.ts'
import { TeamHub } from './services/dashboard/team-hub.ts'
import { Changes } from './services/dependencies/changes.ts'
import { Packages } from './services/dependencies/packages.ts'
import { Pruning } from './services/dependencies/pruning.ts'
import { recoverPackages } from './services/dependencies/recover.ts'
import { packageRuntimes, replaceStale } from './services/dependencies/runtimes.ts'
import { SharedReads } from './shared-reads.ts'
import { callTrigger, obstacleOf } from './triggers/call.ts'
import { TriggerScheduler } from './triggers/scheduler.ts'

const CONCURRENT_STARTS = 4

export interface Api extends AsyncDisposable {
  /** While no account exists: the link that makes the first. */
  signInLink: string | null
}

/** Composes the api by hand and serves. Disposing takes it down in the opposite order; runtimes go on. */
export async function startApi(env: ApiEnv): Promise<Api> {
  await using stack = new AsyncDisposableStack()
  const log = createLogger(env.LATHE_LOG_LEVEL)
  const mongo = stack.use(await openDatabase(env))
  // The embedded database has its data folder's lock.
  if (env.LATHE_DATABASE === 'mongodb') stack.use(await Occupancy.take(mongo, env, log))
  await createIndexes(mongo)
  const auth = createAuth(env, mongo, log)
  const signInLink = await firstRun(env, auth, mongo, log)
  const secrets = new SecretBox(env.LATHE_SECRET_KEY)
  await sealPlainCases({ mongo, secrets })
  const logs = stack.use(new LogHub(mongo, log, readOtelEnv(process.env)))
  const channels = new RuntimeChannels(mongo, secrets, logs, log)
  const gateway = new EmbeddedGatewayDriver(log)
  const driver = stack.use(
    env.LATHE_RUNTIME_DRIVER === 'docker' ? await openDocker(env, log) : new LocalDriver(env),
  )
  const starts = new Semaphore(CONCURRENT_STARTS)
  const packages = new Packages({ env, host: readHostEnv(process.env), log, mongo, secrets })
  const reconciler: Reconciler = stack.use(
    new Reconciler({
      env,
      log,
      mongo,
      secrets,
      driver,
      gateway,
      channels,
      starts,
      packages: {
        forRuntime: (appid, teamId) => packages.forRuntime(appid, teamId),
        collect: (appid) => changes.collect(appid),
        removeApp: (appid) => changes.removeApp(appid),
      },
    }),
  )
  stack.use(new Pruning(packages))
  const changes: Changes = stack.use(new Changes(packages, packageRuntimes(mongo, reconciler, channels)))
  stack.use(
    await ControlServer.listen({
      socketPath: env.LATHE_CONTROL_SOCKET,
      gatewayToken: env.LATHE_GATEWAY_TOKEN,
      mongo,
      channels,
      gateway,
      log,
    }),
  )
  await recoverPackages(packages)
  await reconciler.open()
  await replaceStale(mongo, reconciler)
  const triggers = new TriggerScheduler({
    mongo,
    log,
    obstacle: (trigger) => obstacleOf({ mongo }, trigger),
    call: (trigger, signal) => callTrigger(context, trigger, signal),
    isNear: async (appid) => channels.ready(appid).length > 0 || (await isAsleep(mongo, appid)),
  })
  const feed = stack.use(new ChangeFeed(mongo, log))
  const presence = new PresenceHub(mongo, feed, log)
  const teams = stack.use(new TeamHub({ env, mongo, channels }, feed, log))
  const context: Context = {
    env,
    log,
    mongo,
    auth,
    guesses: new Guesses(mongo),
    singleSignOn: new SingleSignOn(env, mongo, log),
    secrets,
    channels,
    gateway,
    reconciler,
    debug: new DebugSessions(reconciler.sides, env.LATHE_DEBUG_IDLE_MS),
    dependencies: { packages, changes },
    logs,
    presence,
    reads: new SharedReads(),
    changes: feed,
    teams,
    mailer: new Mailer(
      env.LATHE_SMTP_URL,
      env.LATHE_MAIL_FROM ?? `Lathe <lathe@${new URL(env.LATHE_CONSOLE_URL).hostname}>`,
      log,
    ),
    triggers,
  }
  stack.use(triggers)
  stack.use(presence)
  stack.use(await listenHttp(context))
  triggers.kick()
  const owned = stack.move()
  return { signInLink, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

async function isAsleep(mongo: Mongo, appid: string): Promise<boolean> {
  return (await mongo.apps.findOne({ _id: appid }, { projection: { phase: 1 } }))?.phase === 'sleeping'
}

/** Loaded where it is used: most machines have no Docker. */
async function openDocker(env: ApiEnv, log: Logger): Promise<RuntimeDriver> {
  const { DockerDriver } = await import('./drivers/runtime/docker/docker-driver.ts')
  return DockerDriver.open(env, log)
}

async function openDatabase(env: ApiEnv): Promise<Mongo> {
  try {
    return await connectMongo(env.MONGODB_URL, env.LATHE_DATABASE_NAME)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const refused = error instanceof MongoServerError && error.codeName === 'AuthenticationFailed'
    throw new SettingRefused(
      'MONGODB_URL',
      refused
        ? 'the database refuses this user and password'
        : `the database cannot be reached (${reason}). Check the address and that it runs.`,
    )
  }
}
