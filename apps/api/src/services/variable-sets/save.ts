import { type VariableSetView, type variableSetInputs, variableSetLimits } from '@lathe/shared'
import { ObjectId } from 'mongodb'
import type { z } from 'zod'
import { isDuplicate } from '../../mongo/errors.ts'
import type { Mongo } from '../../mongo/mongo.ts'
import type { VariableSetDoc } from '../../mongo/run-documents.ts'
import { Refusal } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from '../apps/scope.ts'
import { planSet } from '../env/plan.ts'
import { sealOf, variableSetOf, variableSetView } from './values.ts'

/**
 * Makes a set of variables, or changes one.
 * @throws Refusal NAME_TAKEN, CHANGED_MEANWHILE, LIMIT_REACHED, TOO_LARGE; INVALID_INPUT with one issue per variable
 */
export async function saveVariableSet(
  request: SignedRequest,
  { appid, id, name, variables, baseVersion }: z.infer<typeof variableSetInputs.save>,
): Promise<VariableSetView> {
  const { context, caller } = request
  const { mongo, secrets } = context
  livingAppOf(request, appid)
  const old = id === undefined ? null : await variableSetOf(mongo, appid, id)
  if (old && baseVersion !== undefined && baseVersion !== old.version) throw changedMeanwhile(old.version)
  if (!old) await checkRoom(mongo, appid)
  const _id = old?._id ?? new ObjectId().toHexString()
  const input = { appid, variables, mode: 'replace', dryRun: false } as const
  const plan = planSet(old?.variables ?? [], input, caller.name, sealOf(secrets, appid, _id))
  const doc: VariableSetDoc = {
    _id,
    appid,
    name,
    version: (old?.version ?? 0) + 1,
    variables: plan.variables,
    updatedAt: new Date(),
    updatedBy: caller.name,
  }
  try {
    if (!old) await mongo.variableSets.insertOne(doc)
    else {
      const { _id: _, ...set } = doc
      const { matchedCount } = await mongo.variableSets.updateOne(
        { _id, version: old.version },
        { $set: set },
      )
      if (matchedCount === 0) throw changedMeanwhile(old.version)
    }
  } catch (error) {
    if (!isDuplicate(error)) throw error
    throw new Refusal('NAME_TAKEN', `There is a set called ${name} already.`, { name })
  }
  return variableSetView(secrets, doc)
}

async function checkRoom(mongo: Mongo, appid: string): Promise<void> {
  const limit = variableSetLimits.perApp
  if ((await mongo.variableSets.countDocuments({ appid }, { limit })) >= limit) {
    throw new Refusal('LIMIT_REACHED', `An app can have ${limit} sets of variables.`, { limit })
  }
}

function changedMeanwhile(version: number): Refusal<'CHANGED_MEANWHILE'> {
  const message = 'Somebody changed this set meanwhile. Nothing was written: load it again.'
  return new Refusal('CHANGED_MEANWHILE', message, { version })
}
