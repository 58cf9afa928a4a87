import type { Doc } from '../bson/values.ts'
import type { Collection } from '../storage/collection.ts'

/** Told of every change of a document, inside the unit that makes it. */
export interface ChangeRecorder {
  inserted(collection: Collection, document: Doc): void
  replaced(collection: Collection, before: Doc, after: Doc): void
  removed(collection: Collection, document: Doc): void
}

export const NO_RECORDER: ChangeRecorder = { inserted: () => {}, replaced: () => {}, removed: () => {} }
