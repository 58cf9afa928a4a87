import { type ApiEnv, apiEnvSchema, type ChildReport } from '@lathe/shared'

/** A setting that the operator has to change before the api can start. */
export class SettingRefused extends Error {
  readonly report: Extract<ChildReport, { type: 'refused' }>

  constructor(setting: string, message: string) {
    super(`${setting}: ${message}`)
    this.name = 'SettingRefused'
    this.report = { type: 'refused', setting, message }
  }
}

/** The only place of the api that reads the environment. */
export function readEnv(env: NodeJS.ProcessEnv): ApiEnv {
  const parsed = apiEnvSchema.safeParse(env)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new SettingRefused(String(issue?.path[0] ?? 'environment'), issue?.message ?? 'is not valid')
}
