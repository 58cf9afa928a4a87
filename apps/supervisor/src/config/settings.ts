import { type Settings, settingsSchema } from '@lathe/shared'
import { Refusal } from '../refusal.ts'

/**
 * Reads the operator's settings from an environment. An empty value counts as not set.
 * @throws Refusal for the first value that cannot be used, and for a `LATHE_` name that does not exist (a misspelling)
 */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const given = Object.fromEntries(
    Object.entries(env).filter(
      ([name, value]) => value !== '' && (name.startsWith('LATHE_') || name === 'MONGODB_URL'),
    ),
  )
  const unknown = Object.keys(given).find((name) => !(name in settingsSchema.shape))
  if (unknown) {
    throw new Refusal(
      unknown,
      `is not a setting. The settings are ${Object.keys(settingsSchema.shape).join(', ')}.`,
    )
  }
  const parsed = settingsSchema.safeParse(given)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]!
  const name = String(issue.path[0])
  // Secrets and addresses with passwords are never echoed.
  const value = /KEY|PASSWORD|MONGODB_URL|SMTP_URL/.test(name) ? '' : ` (it is "${given[name] ?? ''}")`
  throw new Refusal(name, `${issue.message}${value}.`)
}
