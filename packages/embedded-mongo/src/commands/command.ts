import type { Action, ServerAction } from '../auth/roles.ts'
import { asInteger, typeName } from '../bson/types.ts'
import { type Doc, isDoc, type Value } from '../bson/values.ts'
import { MongoError } from '../errors.ts'
import type { Operation } from '../exec/operation.ts'
import type { WriteTarget } from '../exec/target.ts'
import type { View } from '../exec/view.ts'
import type { Client } from '../server/client.ts'
import type { Services } from '../server/services.ts'
import type { Transaction } from '../sessions/transaction.ts'
import type { Collection } from '../storage/collection.ts'
import type { Retry } from './retry.ts'

/** One command as it arrived. */
export interface RequestBase {
  readonly services: Services
  readonly client: Client
  readonly name: string
  readonly db: string
  readonly args: Args
  readonly sequences: ReadonlyMap<string, Uint8Array[]>
  readonly op: Operation
}

/** A command with where it reads and writes. */
export interface Request extends RequestBase {
  /** What the command's reads see. */
  readonly view: View
  /** Where its writes go. */
  readonly target: WriteTarget
  readonly retry: Retry
  /** A collection of the command's database, made when it does not exist. */
  ensure(name: string): Collection
  create(name: string, options: Doc): Collection
  /** A new collection of another database. */
  createIn(db: string, name: string): Collection
  readonly transaction: Transaction | undefined
}

/** What the client must be allowed to do. `any`: signed in is enough. `none`: not even that. */
export type Privilege =
  | 'none'
  | 'any'
  | { readonly server: ServerAction }
  | { readonly actions: readonly Action[]; readonly db?: string }

export interface Command {
  /** Every option that the command knows; any other is refused. `any`: the command is refused itself. */
  readonly fields: readonly string[] | 'any'
  privilege(request: RequestBase): Privilege
  run(request: Request): Promise<Doc> | Doc
  /** Whether it may be part of a multi-document transaction. */
  readonly inTransaction?: boolean
  /** Whether it takes `readConcern: snapshot` outside of transactions. */
  readonly readsSnapshots?: boolean
}

/** Options that every command takes. */
export const GENERIC_FIELDS = new Set([
  '$db',
  '$readPreference',
  '$clusterTime',
  'lsid',
  'txnNumber',
  'autocommit',
  'startTransaction',
  'readConcern',
  'writeConcern',
  'maxTimeMS',
  'comment',
  'apiVersion',
  'apiStrict',
  'apiDeprecationErrors',
])

/** Typed access to a command's options, with MongoDB's messages for wrong types. */
export class Args {
  readonly body: Doc
  readonly command: string
  constructor(command: string, body: Doc) {
    this.command = command
    this.body = body
  }

  get(name: string): Value | undefined {
    return this.body.get(name)
  }
  has(name: string): boolean {
    return this.body.has(name)
  }
  #wrong(name: string, value: Value, wanted: string): MongoError {
    return new MongoError(
      'TypeMismatch',
      `BSON field '${this.command}.${name}' is the wrong type '${typeName(value)}', expected type '${wanted}'`,
    )
  }
  string(name: string): string {
    const value = this.body.get(name)
    if (value === undefined) throw this.missing(name)
    if (typeof value !== 'string') throw this.#wrong(name, value, 'string')
    return value
  }
  optionalString(name: string): string | undefined {
    return this.has(name) ? this.string(name) : undefined
  }
  missing(name: string): MongoError {
    return new MongoError(40414, `BSON field '${this.command}.${name}' is missing but a required field`)
  }
  doc(name: string): Doc {
    const value = this.body.get(name)
    if (value === undefined) throw this.missing(name)
    if (!isDoc(value)) throw this.#wrong(name, value, 'object')
    return value
  }
  optionalDoc(name: string): Doc | undefined {
    const value = this.body.get(name)
    return value === undefined || value === null ? undefined : this.doc(name)
  }
  array(name: string): Value[] {
    const value = this.body.get(name)
    if (value === undefined) throw this.missing(name)
    if (!Array.isArray(value)) throw this.#wrong(name, value, 'array')
    return value
  }
  docs(name: string): Doc[] {
    return this.array(name).map((v, i) => {
      if (!isDoc(v)) throw this.#wrong(`${name}.${i}`, v, 'object')
      return v
    })
  }
  /** Whole number from any numeric type; undefined when absent. */
  integer(name: string): number | undefined {
    const value = this.body.get(name)
    if (value === undefined || value === null) return undefined
    const n = asInteger(value)
    if (n !== undefined) return n
    if (typeof value === 'number') return Math.trunc(value)
    throw this.#wrong(name, value, 'long')
  }
  natural(name: string): number | undefined {
    const n = this.integer(name)
    if (n !== undefined && n < 0) {
      throw new MongoError(51024, `BSON field '${name}' value must be >= 0, actual value '${n}'`)
    }
    return n
  }
  boolean(name: string): boolean {
    const value = this.body.get(name)
    if (value === undefined || value === null) return false
    if (typeof value === 'boolean') return value
    const n = asInteger(value)
    if (n === undefined) throw this.#wrong(name, value, 'bool')
    return n !== 0
  }
}

/** The collection name that a command's first field holds. */
export function collectionName({ args, name, db }: Pick<Request, 'args' | 'name' | 'db'>): string {
  const value = args.get(name)
  if (typeof value !== 'string') {
    throw new MongoError(
      'InvalidNamespace',
      `collection name has invalid type ${value === undefined ? 'missing' : typeName(value)}`,
    )
  }
  checkNamespace(db, value)
  return value
}

export function checkNamespace(db: string, collection: string): void {
  if (collection === '' || collection.startsWith('.') || collection.includes('\0')) {
    throw new MongoError('InvalidNamespace', `Invalid namespace specified '${db}.${collection}'`)
  }
  if (collection.includes('$') && !collection.startsWith('$cmd')) {
    throw new MongoError('InvalidNamespace', `Invalid collection name: ${collection}`)
  }
  if (Buffer.byteLength(`${db}.${collection}`) > 255)
    throw new MongoError('InvalidNamespace', 'Fully qualified namespace is too long')
}

export function checkDatabaseName(db: string): void {
  if (db === '' || db.length > 63 || /[\\/. "$\0]/.test(db)) {
    throw new MongoError('InvalidNamespace', `Invalid database name: '${db}'`)
  }
}

/** Shorthand for the usual privilege. */
export function on(...actions: Action[]): (request: RequestBase) => Privilege {
  return () => ({ actions })
}

export function refuseUnknown(container: Doc, known: readonly string[], what: string): void {
  for (const key of container.keys()) {
    if (!known.includes(key)) throw new MongoError(40415, `BSON field '${what}.${key}' is an unknown field.`)
  }
}
