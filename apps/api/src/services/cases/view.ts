import type { CaseView } from '@lathe/shared'
import type { CaseDoc } from '../../mongo/case-documents.ts'
import type { SecretBox } from '../../secret-box.ts'
import type { RunRequestInput } from '../runs/sendable.ts'
import { openRequest, shownRequest } from '../runs/stored-request.ts'

/**
 * A case as its app's members see it: without the values of headers that carry credentials.
 * @param functionName as the function is called now
 */
export function caseView(secrets: SecretBox, doc: CaseDoc, functionName: string): CaseView {
  const { name, expectations, createdAt, createdBy, updatedAt, updatedBy } = doc
  return {
    id: doc._id,
    functionName,
    name,
    request: shownRequest(requestOf(secrets, doc), { kind: 'case', id: doc._id }),
    expectations,
    createdAt: createdAt.toISOString(),
    createdBy,
    updatedAt: updatedAt.toISOString(),
    updatedBy,
  }
}

/** The whole request: to be sent, not to be shown. */
export function requestOf(secrets: SecretBox, { appid, request }: CaseDoc): RunRequestInput {
  return openRequest(secrets, appid, 'case', request)
}
