import type { EnvVariable } from '../../mongo/documents.ts'
import { repeatable } from '../../mongo/errors.ts'
import type { Mongo } from '../../mongo/mongo.ts'
import type { SecretBox } from '../../secret-box.ts'

/** What a value is sealed for: it cannot be moved to another app, nor to another name. */
function purpose(appid: string, name: string): string {
  return `app:${appid}:env:${name}`
}

export function sealValue(secrets: SecretBox, appid: string, name: string, value: string): string {
  return secrets.seal(value, purpose(appid, name))
}

export function openValue(
  secrets: SecretBox,
  appid: string,
  { name, value }: Pick<EnvVariable, 'name' | 'value'>,
): string {
  return secrets.open(value, purpose(appid, name))
}

/** The app's variables as its code finds them. */
export async function envValues(
  mongo: Mongo,
  secrets: SecretBox,
  appid: string,
): Promise<Record<string, string>> {
  const doc = await repeatable(() => mongo.env.findOne({ _id: appid }))
  return Object.fromEntries(
    (doc?.variables ?? []).map((variable) => [variable.name, openValue(secrets, appid, variable)]),
  )
}
