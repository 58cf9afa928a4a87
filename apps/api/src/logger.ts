import { type Logger, pino } from 'pino'

/** One JSON line per event on stdout, which the supervisor keeps. Never inputs, never secrets. */
export function createLogger(level: string): Logger {
  return pino({ level, base: { name: 'api' }, timestamp: pino.stdTimeFunctions.isoTime })
}
