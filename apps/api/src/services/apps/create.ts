import { randomBytes } from 'node:crypto'
import { type AppView, appidFrom, type inputs } from '@lathe/shared'
import type { z } from 'zod'
import { randomToken } from '../../hash.ts'
import { ensureAppUser } from '../../mongo/app-database.ts'
import type { AppDoc } from '../../mongo/documents.ts'
import { isDuplicate } from '../../mongo/errors.ts'
import { databaseSecret } from '../../reconciler/parts.ts'
import { Refusal } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { teamOf } from '../teams/scope.ts'
import { appView } from './view.ts'

const APPID_TRIES = 8

/**
 * Creates an app with its own database and user; its runtime starts right after. The answer comes when the app is
 * whole but for its runtime: what fails before leaves nothing behind.
 */
export async function createApp(
  request: SignedRequest,
  { name }: z.infer<typeof inputs.appsCreate>,
): Promise<AppView> {
  const { context, caller } = request
  const { mongo, secrets, reconciler } = context
  const password = randomToken()
  const app = await insertWithFreshId(request, (appid) => ({
    _id: appid,
    teamId: teamOf(request),
    name,
    state: 'running',
    phase: 'creating',
    phaseError: null,
    databasePassword: secrets.seal(password, databaseSecret(appid)),
    functionCount: 0,
    lastPublish: null,
    createdAt: new Date(),
    createdBy: caller.userId,
  }))
  try {
    await ensureAppUser(mongo.client, app._id, password)
    await mongo.apps.updateOne({ _id: app._id, phase: 'creating' }, { $set: { phase: 'starting' } })
  } catch (error) {
    await mongo.apps.updateOne({ _id: app._id }, { $set: { phase: 'deleting' } })
    reconciler.actor(app._id).kick()
    throw error
  }
  await reconciler.actor(app._id).kickAndRoute()
  return appView(context, { ...app, phase: 'starting' })
}

async function insertWithFreshId(
  { context }: SignedRequest,
  make: (appid: string) => AppDoc,
): Promise<AppDoc> {
  for (let tries = 0; tries < APPID_TRIES; tries++) {
    const app = make(appidFrom(randomBytes(6)))
    try {
      await context.mongo.apps.insertOne(app)
      return app
    } catch (error) {
      if (!isDuplicate(error)) throw error
    }
  }
  throw new Refusal('LIMIT_REACHED', 'No free appid was found.', { limit: APPID_TRIES })
}
