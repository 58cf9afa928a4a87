import type { VariableSetView } from '@lathe/shared'
import type { EnvVariable } from '../../mongo/documents.ts'
import { repeatable } from '../../mongo/errors.ts'
import type { Mongo } from '../../mongo/mongo.ts'
import type { VariableSetDoc } from '../../mongo/run-documents.ts'
import { notFound } from '../../refusal.ts'
import type { SecretBox } from '../../secret-box.ts'
import type { Seal } from '../env/plan.ts'

/** How the values of one set are hidden and shown: they cannot be moved to another set, nor to another name. */
export function sealOf(secrets: SecretBox, appid: string, setId: string): Seal {
  const purpose = (name: string) => `app:${appid}:variables:${setId}:${name}`
  return {
    seal: (name, value) => secrets.seal(value, purpose(name)),
    open: ({ name, value }: EnvVariable) => secrets.open(value, purpose(name)),
  }
}

/** A set of an app that was scoped to the caller before. */
export async function variableSetOf(mongo: Mongo, appid: string, id: string): Promise<VariableSetDoc> {
  const found = await repeatable(() => mongo.variableSets.findOne({ _id: id }))
  if (!found || found.appid !== appid) throw notFound('set of variables', id)
  return found
}

/** The values of a set by name, secret ones too: for the request that is sent, and nobody's eyes. */
export function valuesOf(secrets: SecretBox, { _id, appid, variables }: VariableSetDoc): Map<string, string> {
  const { open } = sealOf(secrets, appid, _id)
  return new Map(variables.map((variable) => [variable.name, open(variable)]))
}

export function variableSetView(secrets: SecretBox, doc: VariableSetDoc): VariableSetView {
  const { open } = sealOf(secrets, doc.appid, doc._id)
  return {
    id: doc._id,
    name: doc.name,
    version: doc.version,
    variables: doc.variables.map((variable) => ({
      name: variable.name,
      secret: variable.secret,
      value: variable.secret ? null : open(variable),
    })),
    updatedAt: doc.updatedAt.toISOString(),
    updatedBy: doc.updatedBy,
  }
}
