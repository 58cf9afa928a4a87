import type { EnvChange } from '@lathe/shared'
import type { Context } from '../../context.ts'
import type { EnvVariable } from '../../mongo/documents.ts'
import { isDuplicate, repeatable } from '../../mongo/errors.ts'
import { notFound, Refusal } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from '../apps/scope.ts'
import type { EnvPlan } from './plan.ts'
import { openValue } from './values.ts'

const APPLY_MS = 5_000
/** How often a change is planned anew when another api process changes the variables at the same moment. */
const TRIES = 5

/**
 * Changes an app's variables in one step, and tells its runtimes, without a restart: what `process.env` says is new
 * when this answers.
 * @param plan makes the new variables from those that are there; may be called again
 * @throws Refusal CHANGED_MEANWHILE; whatever `plan` throws
 */
export async function changeEnv(
  request: SignedRequest,
  appid: string,
  plan: (current: EnvVariable[]) => EnvPlan,
  { baseVersion, dryRun = false }: { baseVersion?: number | undefined; dryRun?: boolean } = {},
): Promise<EnvChange> {
  const { context, caller, requestId } = request
  livingAppOf(request, appid)
  return context.channels.exclusive(appid, async () => {
    const { version, made } = await write(context, appid, plan, { baseVersion, dryRun })
    const { added, changed, removed, variables } = made
    const isChanged = added.length + changed.length + removed.length > 0
    const replicas = isChanged && !dryRun ? await tell(context, appid, variables) : { live: 0, total: 0 }
    if (isChanged && !dryRun) {
      const { userId } = caller
      context.log.info({ appid, requestId, userId, version, added, changed, removed }, 'variables changed')
    }
    return { version, added, changed, removed, replicas }
  })
}

async function write(
  { mongo }: Context,
  appid: string,
  plan: (current: EnvVariable[]) => EnvPlan,
  { baseVersion, dryRun }: { baseVersion: number | undefined; dryRun: boolean },
): Promise<{ version: number; made: EnvPlan }> {
  // The app may have been deleted while this waited for its turn: nothing may be written for it any more.
  const app = await mongo.apps.findOne({ _id: appid }, { projection: { phase: 1 } })
  if (!app || app.phase === 'deleting') throw notFound('app', appid)
  for (let tries = 0; tries < TRIES; tries++) {
    const doc = await repeatable(() => mongo.env.findOne({ _id: appid }))
    const version = doc?.version ?? 0
    if (baseVersion !== undefined && baseVersion !== version) throw changedMeanwhile(version)
    const made = plan(doc?.variables ?? [])
    const { variables, added, changed, removed } = made
    if (dryRun || added.length + changed.length + removed.length === 0) return { version, made }
    const next = { version: version + 1, variables }
    try {
      if (!doc) await mongo.env.insertOne({ _id: appid, ...next })
      else {
        const { matchedCount } = await mongo.env.updateOne({ _id: appid, version }, { $set: next })
        if (matchedCount === 0) continue
      }
      return { version: next.version, made }
    } catch (error) {
      if (!isDuplicate(error)) throw error
    }
  }
  throw changedMeanwhile(0)
}

function changedMeanwhile(version: number): Refusal<'CHANGED_MEANWHILE'> {
  const message = 'Somebody changed the variables meanwhile. Nothing was written: load them again.'
  return new Refusal('CHANGED_MEANWHILE', message, { version })
}

/** A runtime that does not answer is cut off: it comes back, and is told everything. */
async function tell(
  { channels, secrets }: Context,
  appid: string,
  variables: EnvVariable[],
): Promise<{ live: number; total: number }> {
  const env = Object.fromEntries(
    variables.map((variable) => [variable.name, openValue(secrets, appid, variable)]),
  )
  const connected = channels.connected(appid)
  const answers = await Promise.all(
    connected.map(async (channel) => {
      try {
        await channel.env(env, APPLY_MS)
        return true
      } catch {
        channel.close()
        return false
      }
    }),
  )
  return { live: answers.filter(Boolean).length, total: connected.length }
}
