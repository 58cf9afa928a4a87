import type { InvocationEntry } from '@lathe/shared'
import type { InvocationDoc } from '../../mongo/observed.ts'

export function invocationEntry(doc: InvocationDoc): InvocationEntry {
  const { _id, appid: _, instanceId: __, statusClass: ___, expiresAt: ____, at, ...invocation } = doc
  return { id: _id, ...invocation, at: at.toISOString() }
}
