import type { Logger } from 'pino'

/** Everything that the verbs need, made once per process, by hand, in server.ts. */
export interface Context {
  log: Logger
}
