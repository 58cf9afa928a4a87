import type { InvocationEntry } from '@lathe/shared'
import type { InvocationDoc } from '../../mongo/observed.ts'

/** Without what the request carried, which is given for one request at a time. */
export function invocationEntry(doc: InvocationDoc): InvocationEntry {
  const {
    _id,
    appid: _,
    instanceId: __,
    statusClass: ___,
    expiresAt: ____,
    request: _____,
    at,
    ...invocation
  } = doc
  return { id: _id, ...invocation, request: null, at: at.toISOString() }
}
