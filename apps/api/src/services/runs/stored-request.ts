import { isSecretName, type PastRun, runRequestSchema, type StoredRef, WITHHELD } from '@lathe/shared'
import type { SecretBox } from '../../secret-box.ts'
import type { RunRequestInput } from './sendable.ts'

/** What a request is sealed for: one that is kept for another app or in another place cannot be opened here. */
function purpose(appid: string, kind: StoredRef['kind']): string {
  return `app:${appid}:${kind}:request`
}

/** A request as it is kept: sealed as a whole. It must not contain withheld values any more. */
export function sealRequest(
  secrets: SecretBox,
  appid: string,
  kind: StoredRef['kind'],
  { stored: _, ...request }: RunRequestInput,
): string {
  return secrets.seal(JSON.stringify(request), purpose(appid, kind))
}

export function openRequest(
  secrets: SecretBox,
  appid: string,
  kind: StoredRef['kind'],
  sealed: string,
): RunRequestInput {
  return runRequestSchema.parse(JSON.parse(secrets.open(sealed, purpose(appid, kind))))
}

/**
 * A stored request as people see it: values of headers that carry credentials are withheld, but for references to
 * variables, which are none.
 */
export function shownRequest(request: RunRequestInput, stored: StoredRef): PastRun['request'] {
  let isWithheld = false
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => {
      if (!isSecretName(name) || isReference(value)) return [name, value]
      isWithheld = true
      return [name, WITHHELD]
    }),
  )
  return isWithheld ? { ...request, headers, stored } : request
}

/** `Bearer {{token}}` and the like. */
function isReference(value: string): boolean {
  return /^(?:[A-Za-z]+\s+)?\{\{\s*[\w.-]+\s*\}\}$/.test(value.trim()) || value.trim() === ''
}
