import { asInteger } from '../bson/types.ts'
import type { Doc, Value } from '../bson/values.ts'
import type { CappedUsage } from './capped.ts'
import type { Index } from './index-spec.ts'
import { compileValidator, type Validator } from './validator.ts'

/** One collection as the engine uses it. Table `r<id>` holds its documents by record id, `x<index id>` an index. */
export class Collection {
  readonly id: number
  readonly db: string
  name: string
  readonly uuid: Uint8Array
  options: Doc
  /** All that writes maintain, those under construction too. */
  indexes: Index[]
  /** Of capped collections; undefined when it has to be counted. */
  cappedUsage: CappedUsage | undefined
  /** Builds of indexes follow one another. */
  building: Promise<void> = Promise.resolve()
  nextRecord: number
  #validator: Validator | undefined

  constructor(fields: { id: number; db: string; name: string; uuid: Uint8Array; options: Doc }) {
    this.id = fields.id
    this.db = fields.db
    this.name = fields.name
    this.uuid = fields.uuid
    this.options = fields.options
    this.indexes = []
    this.nextRecord = 1
    this.#validator = compileValidator(this.options)
  }

  get ns(): string {
    return `${this.db}.${this.name}`
  }
  get table(): string {
    return `r${this.id}`
  }
  get idIndex(): Index {
    return this.indexes[0]!
  }
  /** The indexes that queries may use. */
  get readyIndexes(): Index[] {
    return this.indexes.filter((index) => index.ready)
  }
  get validator(): Validator | undefined {
    return this.#validator
  }
  get capped(): { size: number; max: number | undefined } | undefined {
    if (this.options.get('capped') !== true) return undefined
    return { size: asInteger(this.options.get('size')) ?? 0, max: asInteger(this.options.get('max')) }
  }
  get recordsImages(): boolean {
    const images = this.options.get('changeStreamPreAndPostImages')
    return images instanceof Map && images.get('enabled') === true
  }
  get defaultCollation(): Value | undefined {
    return this.options.get('collation')
  }
  setOptions(options: Doc, validator: Validator | undefined): void {
    this.#validator = validator
    this.options = options
  }
}

export function indexTable(index: Pick<Index, 'id'>): string {
  return `x${index.id}`
}
