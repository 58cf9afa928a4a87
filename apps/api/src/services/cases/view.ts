import { type CaseView, runRequestSchema } from '@lathe/shared'
import type { CaseDoc } from '../../mongo/case-documents.ts'

/** @param functionName as the function is called now */
export function caseView(doc: CaseDoc, functionName: string): CaseView {
  const { name, expectations, createdAt, createdBy, updatedAt, updatedBy } = doc
  return {
    id: doc._id,
    functionName,
    name,
    request: requestOf(doc),
    expectations,
    createdAt: createdAt.toISOString(),
    createdBy,
    updatedAt: updatedAt.toISOString(),
    updatedBy,
  }
}

export function requestOf({ request }: CaseDoc): CaseView['request'] {
  return runRequestSchema.parse(JSON.parse(request))
}
