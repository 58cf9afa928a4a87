import type { Doc } from '../bson/values.ts'
import type { Collection } from '../storage/collection.ts'

/** Changes of what a collection is, not of what it holds. */
export type DefinitionType = 'create' | 'createIndexes' | 'dropIndexes' | 'modify'

/** Told of every change, inside the unit that makes it. */
export interface ChangeRecorder {
  inserted(collection: Collection, document: Doc): void
  /** `replacement`: the whole document was given anew, not changed by operators. */
  replaced(collection: Collection, before: Doc, after: Doc, replacement: boolean): void
  removed(collection: Collection, document: Doc): void
  dropped(collection: Collection): void
  /** Something that only streams with `showExpandedEvents` tell. */
  defined(type: DefinitionType, collection: Collection, operationDescription: Doc): void
  renamed(collection: Collection, db: string, name: string, replaced: boolean): void
  databaseDropped(db: string): void
  inTransaction(lsid: Doc, txnNumber: bigint, write: () => void): void
}

export const NO_RECORDER: ChangeRecorder = {
  inserted: () => {},
  replaced: () => {},
  removed: () => {},
  dropped: () => {},
  defined: () => {},
  renamed: () => {},
  databaseDropped: () => {},
  inTransaction: (_lsid, _txnNumber, write) => write(),
}
