import { fileURLToPath } from 'node:url'

// Works from src/ and from the bundle in dist/: both lie one folder below apps/supervisor.
const at = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url))

/** The built programs that the supervisor starts. */
export const programs = {
  database: at('packages/embedded-mongo/dist/main.js'),
  api: at('apps/api/dist/main.js'),
  gateway: at('apps/gateway/dist/main.js'),
  runtime: at('apps/runtime/dist/main.js'),
  consoleDist: at('apps/console/dist'),
} as const
