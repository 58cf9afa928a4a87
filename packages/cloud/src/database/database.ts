import { type Command, command } from './command.ts'
import { type Connection, DatabaseCollection } from './query.ts'

/** The app's own database through the chain API of database-ql, as functions written for Laf use it. */
export class Database {
  readonly command: Command = command
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  collection(name: string): DatabaseCollection {
    return new DatabaseCollection(this.#connection, name)
  }

  /** A pattern for a `where`: `db.RegExp({ regexp: '^a', options: 'i' })`. */
  RegExp({ regexp, options = '' }: { regexp: string; options?: string }): RegExp {
    return new RegExp(regexp, options)
  }

  /** The moment of the call; with an offset in milliseconds. */
  serverDate({ offset = 0 }: { offset?: number } = {}): Date {
    return new Date(Date.now() + offset)
  }
}
