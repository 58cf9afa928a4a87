import { mongoEnvSchema } from '@lathe/shared/settings'
import type { ServerOptions } from './server/server.ts'

export type Config = { ok: true; options: ServerOptions } | { ok: false; setting: string; message: string }

/** Reads the process's environment; the one place that does. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const parsed = mongoEnvSchema.safeParse(env)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!
    return { ok: false, setting: String(issue.path[0]), message: issue.message }
  }
  const ttl = env.LATHE_MONGO_TTL_INTERVAL_MS
  if (ttl !== undefined && !/^[1-9]\d*$/.test(ttl)) {
    return { ok: false, setting: 'LATHE_MONGO_TTL_INTERVAL_MS', message: 'must be a number of milliseconds' }
  }
  const tests = env.LATHE_MONGO_TEST_COMMANDS
  if (tests !== undefined && tests !== '1') {
    return { ok: false, setting: 'LATHE_MONGO_TEST_COMMANDS', message: 'must be 1 or left out' }
  }
  const e = parsed.data
  return {
    ok: true,
    options: {
      dataDir: e.LATHE_MONGO_DATA,
      host: e.LATHE_MONGO_HOST,
      port: e.LATHE_MONGO_PORT,
      ...(e.LATHE_MONGO_SOCKET ? { socketPath: e.LATHE_MONGO_SOCKET } : {}),
      rootUser: e.LATHE_MONGO_ROOT_USER,
      rootPassword: e.LATHE_MONGO_ROOT_PASSWORD,
      synchronous: e.LATHE_MONGO_SYNCHRONOUS,
      ...(ttl ? { ttlIntervalMs: Number(ttl) } : {}),
      testCommands: tests === '1',
    },
  }
}

/** Lathe's data folder, as the supervisor takes it. */
export function readToolConfig(env: NodeJS.ProcessEnv): { data: string } {
  return { data: env.LATHE_DATA ?? './.lathe' }
}
