import type { Collation } from '../bson/collation.ts'
import type { Doc } from '../bson/values.ts'
import type { Filter } from '../query/filter.ts'

export interface IndexField {
  readonly path: string
  readonly parts: readonly string[]
  readonly direction: 1 | -1
}

/** One index as the engine uses it; `spec` is what `listIndexes` shows. */
export interface Index {
  readonly id: number
  readonly name: string
  spec: Doc
  readonly fields: readonly IndexField[]
  readonly directions: readonly number[]
  readonly unique: boolean
  readonly sparse: boolean
  readonly partial: { readonly filter: Filter; readonly source: Doc } | undefined
  readonly collation: Collation | undefined
  expireAfterSeconds: number | undefined
  hidden: boolean
  /** False while it is built: writes maintain it already, nobody reads it. */
  ready: boolean
  /** Per field: whether any document ever had an array on its path. Never goes back to false. */
  multikey: boolean[]
}
