import { type RuntimeEnv, runtimeEnvSchema } from '@lathe/shared'

/** A setting that the process cannot run with. The message is one line for the operator. */
export class ConfigError extends Error {}

/**
 * Takes the runtime's settings out of `process.env` and leaves it empty, so that the app's code finds nothing of ours:
 * its own variables come over the control channel.
 */
export function takeEnv(env: NodeJS.ProcessEnv = process.env): RuntimeEnv {
  const parsed = runtimeEnvSchema.safeParse(env)
  for (const name of Object.keys(env)) delete env[name]
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!
    throw new ConfigError(`${issue.path.join('.')}: ${issue.message}`)
  }
  return parsed.data
}
