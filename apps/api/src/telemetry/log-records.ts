import type { LogLevel, LogLine } from '@lathe/shared'
import { type Logger, SeverityNumber } from '@opentelemetry/api'

const SEVERITY: Record<LogLevel, SeverityNumber> = {
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
}

/** One line that an app's code wrote. */
export function emitLine(logger: Logger, appid: string, line: LogLine): void {
  const { at, level, text, functionName, revision, requestId, source } = line
  logger.emit({
    timestamp: Date.parse(at),
    severityNumber: SEVERITY[level],
    severityText: level,
    body: text,
    attributes: {
      'lathe.appid': appid,
      ...(functionName === null ? {} : { 'faas.name': functionName }),
      ...(revision === null ? {} : { 'faas.version': String(revision) }),
      ...(requestId === null ? {} : { 'faas.invocation_id': requestId }),
      ...(source ? { 'code.file.path': source.file, 'code.line.number': source.line } : {}),
    },
  })
}
