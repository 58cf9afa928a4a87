import type { RuntimeEnv } from '@lathe/shared'

/** A setting that the process cannot run with. The message is one line for the operator. */
export class ConfigError extends Error {}

const REQUIRED = [
  'LATHE_APPID',
  'LATHE_INSTANCE_ID',
  'LATHE_INSTANCE_TOKEN',
  'LATHE_CONTROL_SOCKET',
  'LATHE_LISTEN',
  'LATHE_APP_DIR',
  'LATHE_APP_MONGODB_URL',
] as const satisfies (keyof RuntimeEnv)[]

/** Whether this process is started before it is known whose runtime it becomes. */
export function startsAhead(): boolean {
  return process.env.LATHE_WARM === 'true'
}

/**
 * Takes the runtime's settings out of `process.env`, or of what a process that was started ahead is told, and leaves it empty, so that the app's code finds nothing of ours:
 * its own variables come over the control channel.
 *
 * The shape is `runtimeEnvSchema`'s, checked by hand: zod would be a fifth of the main thread's idle memory, for seven
 * strings that the api makes.
 */
export function takeEnv(env: NodeJS.ProcessEnv = process.env): RuntimeEnv {
  const taken = { ...env }
  for (const name of Object.keys(env)) delete env[name]
  for (const name of REQUIRED) if (!taken[name]) throw new ConfigError(`${name} must be set`)
  return { ...(taken as unknown as RuntimeEnv), LATHE_ISOLATION: taken.LATHE_ISOLATION ?? '' }
}
