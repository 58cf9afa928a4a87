import type { Doc } from '../bson/values.ts'
import type { Collection } from '../storage/collection.ts'
import type { Connection } from '../storage/connection.ts'

/** Uncommitted changes of one transaction in one collection, by record id; undefined is a deletion. */
export type OverlayRecords = Map<number, { readonly raw: Uint8Array; readonly document: Doc } | undefined>

/** What a reader sees: the data of a connection, covered by the changes of its own transaction. */
export interface View {
  readonly connection: Connection
  overlay(collection: Collection): OverlayRecords | undefined
  /** Whether a table is there: a snapshot lacks what was made after it. */
  hasTable(name: string): boolean
}

export function plainView(connection: Connection): View {
  return { connection, overlay: () => undefined, hasTable: () => true }
}
