import type { LogEntry } from '@lathe/shared'
import type { LogDoc } from '../../mongo/documents.ts'

export function logEntry(doc: LogDoc): LogEntry {
  const { _id, appid: _, instanceId: __, severe: ___, expiresAt: ____, at, ...line } = doc
  return { id: _id, ...line, at: at.toISOString() }
}
