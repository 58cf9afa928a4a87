import { type DeletedFunction, type FunctionSummary, type FunctionView, isTestFile } from '@lathe/shared'
import type { Context } from '../../context.ts'
import type { FunctionDoc } from '../../mongo/documents.ts'
import { appUrl } from '../apps/view.ts'

export type SummaryDoc = Pick<
  FunctionDoc,
  | 'name'
  | 'liveRevision'
  | 'draftDiffers'
  | 'methods'
  | 'timeoutMs'
  | 'concurrency'
  | 'description'
  | 'tags'
  | 'updatedAt'
>

export function functionSummary(doc: SummaryDoc): FunctionSummary {
  const { name, liveRevision, draftDiffers, methods, timeoutMs, description, tags, updatedAt } = doc
  return {
    name,
    liveRevision,
    // A file of tests has nothing live to differ from.
    draftDiffers: draftDiffers && !isTestFile(name),
    methods,
    timeoutMs,
    concurrency: doc.concurrency ?? null,
    description,
    tags,
    updatedAt: updatedAt.toISOString(),
  }
}

export function functionView(context: Context, doc: FunctionDoc): FunctionView {
  const { draft, live } = doc
  return {
    ...functionSummary(doc),
    draft: {
      source: draft.source,
      baseRevision: draft.baseRevision,
      version: draft.version,
      window: draft.window ?? null,
      updatedAt: draft.updatedAt.toISOString(),
      updatedBy: draft.updatedBy,
    },
    live: live
      ? {
          revision: live.revision,
          source: live.source,
          sha256: live.sha256,
          author: live.author,
          createdAt: live.createdAt.toISOString(),
          note: live.note,
        }
      : null,
    url: `${appUrl(context, doc.appid)}/${doc.name}`,
  }
}

export type DeletedDoc = Pick<FunctionDoc, '_id' | 'name' | 'liveRevision' | 'deletedAt' | 'deletedBy'>

export function deletedView({ _id, name, liveRevision, deletedAt, deletedBy }: DeletedDoc): DeletedFunction {
  return {
    id: _id,
    name,
    liveRevision,
    deletedAt: deletedAt?.toISOString() ?? '',
    deletedBy: deletedBy ?? '',
  }
}
