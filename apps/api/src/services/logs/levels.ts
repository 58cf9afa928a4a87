import { type LogLevel, logLevelSchema } from '@lathe/shared'

/** A level and those above it. */
export function levelsFrom(level: LogLevel): LogLevel[] {
  return logLevelSchema.options.slice(logLevelSchema.options.indexOf(level))
}

/** The filter for lines of a level and above. Severe lines are found by an index of theirs. */
export function levelFilter(level: LogLevel | undefined): { severe?: true; level?: { $in: LogLevel[] } } {
  switch (level) {
    case undefined:
    case 'debug':
      return {}
    case 'info':
      return { level: { $in: levelsFrom('info') } }
    case 'warn':
      return { severe: true }
    case 'error':
      return { severe: true, level: { $in: ['error'] } }
  }
}
