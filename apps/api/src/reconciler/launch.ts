import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { SidePurpose } from '@lathe/shared'
import { randomToken, sha256 } from '../hash.ts'
import { appDatabaseUrl } from '../mongo/app-database.ts'
import type { AppDoc } from '../mongo/documents.ts'
import { InstallError } from '../packages/install-error.ts'
import type { RuntimePackages } from '../services/dependencies/packages.ts'
import { settingsOf } from './app-route.ts'
import { exitMessage } from './exit-message.ts'
import { createInstance, type Instance } from './instance.ts'
import { databaseSecret, type ReconcilerParts } from './parts.ts'
import { dispose } from './retire.ts'

const READY_MS = 30_000

/** An instance ended, or stayed silent, before it served. `message` is fit for the app's phase. */
export class LaunchFailed extends Error {}

/** An instance beside the one that serves. */
export interface Side {
  purpose: SidePurpose
  /** Another database than the app's, with its own user. */
  databaseUrl?: string
}

/**
 * Starts an instance and waits until it has loaded its functions. On failure nothing of it is left.
 * @param side for one that serves no visitor
 */
export async function launch(
  parts: ReconcilerParts,
  app: AppDoc,
  register: (instance: Instance) => void,
  signal: AbortSignal,
  side?: Side,
): Promise<Instance> {
  return parts.starts.run(async () => {
    signal.throwIfAborted()
    const instance = createInstance(`${app._id}-${randomBytes(6).toString('hex')}`, app._id)
    const token = randomToken()
    register(instance)
    try {
      await parts.mongo.runtimes.insertOne({
        _id: instance.id,
        appid: app._id,
        tokenHash: sha256(token),
        status: 'starting',
        generation: '',
        ...(side ? { side: side.purpose } : {}),
        startedAt: new Date(),
      })
      const packages = await packagesFor(parts, app, instance.id)
      await parts.driver.start({
        instanceId: instance.id,
        appid: app._id,
        token,
        databaseUrl: side?.databaseUrl ?? databaseUrlOf(parts, app),
        memoryMb: settingsOf(app).memoryMb,
        packages,
        ...(side ? { side: side.purpose } : {}),
      })
      await whenReady(instance, signal)
      return instance
    } catch (error) {
      await dispose(parts, instance)
      throw error
    }
  })
}

/** What an app's own runtimes connect to. */
export function databaseUrlOf(
  { secrets, env }: Pick<ReconcilerParts, 'secrets' | 'env'>,
  { _id, databasePassword }: AppDoc,
): string {
  let password: string
  try {
    password = secrets.open(databasePassword, databaseSecret(_id))
  } catch (error) {
    throw new LaunchFailed(
      'The password of the app’s database cannot be opened: LATHE_SECRET_KEY is not the key it was sealed with.',
      { cause: error },
    )
  }
  return appDatabaseUrl(env.MONGODB_URL, _id, password)
}

/** The record says which packages it starts with as soon as that is known: who changes them looks at it. */
async function packagesFor({ packages, mongo }: ReconcilerParts, app: AppDoc, instanceId: string) {
  let found: RuntimePackages
  try {
    found = await packages.forRuntime(app._id, app.teamId)
  } catch (error) {
    if (!(error instanceof InstallError)) throw error
    throw new LaunchFailed(`The app's packages cannot be restored. ${error.message}`)
  }
  await mongo.runtimes.updateOne({ _id: instanceId }, { $set: { generation: found.generation } })
  return found
}

/** Ends with readiness, with the end of the process, with the deadline, or with the caller's change of mind. */
async function whenReady(instance: Instance, signal: AbortSignal): Promise<void> {
  const over = new AbortController()
  const either = AbortSignal.any([signal, over.signal])
  try {
    const exit = await Promise.race([
      instance.ready,
      instance.exited,
      delay(READY_MS, undefined, { signal: either }).then(() => {
        throw new LaunchFailed(`The runtime did not become ready within ${READY_MS / 1000} s.`)
      }),
    ])
    if (exit) throw new LaunchFailed(exitMessage(exit))
  } finally {
    over.abort()
  }
}
