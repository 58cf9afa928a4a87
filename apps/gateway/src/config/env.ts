import { type GatewayEnv, gatewayEnvSchema } from '@lathe/shared'
import { type GatewayLimits, gatewayLimitsSchema } from './limits.ts'

export interface GatewayConfig {
  env: GatewayEnv
  limits: GatewayLimits
}

/** A setting that keeps the gateway from starting; `message` says what to do. */
export class SettingError extends Error {
  readonly setting: string

  constructor(setting: string, message: string) {
    super(message)
    this.setting = setting
  }
}

/**
 * Reads the environment, once. `LATHE_GATEWAY_LIMITS` may hold JSON with single limits.
 * @throws SettingError for the first setting that does not hold
 */
export function readConfig(environment: NodeJS.ProcessEnv): GatewayConfig {
  const env = gatewayEnvSchema.safeParse(environment)
  if (!env.success) {
    const issue = env.error.issues[0]!
    throw new SettingError(String(issue.path[0] ?? 'LATHE_PORT'), issue.message)
  }
  return { env: env.data, limits: readLimits(environment.LATHE_GATEWAY_LIMITS ?? '{}') }
}

function readLimits(text: string): GatewayLimits {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new SettingError('LATHE_GATEWAY_LIMITS', 'must be JSON')
  }
  const limits = gatewayLimitsSchema.safeParse(json)
  if (limits.success) return limits.data
  const issue = limits.error.issues[0]!
  throw new SettingError('LATHE_GATEWAY_LIMITS', `${issue.path.join('.')} ${issue.message}`)
}
