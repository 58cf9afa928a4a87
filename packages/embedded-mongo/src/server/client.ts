/** One connected client: who it is, and how its messages become commands and replies. */
import { type Action, allows, allowsServer, type Role, type ServerAction } from '../auth/roles.ts'
import type { ScramConversation } from '../auth/scram.ts'
import type { User } from '../auth/users.ts'
import { asInteger } from '../bson/types.ts'
import { type Doc, doc, int, isDoc, type Timestamp } from '../bson/values.ts'
import {
  Args,
  type Command,
  checkDatabaseName,
  GENERIC_FIELDS,
  type Privilege,
  type Request,
  type RequestBase,
} from '../commands/command.ts'
import { commands } from '../commands/registry.ts'
import { checkApi } from '../commands/stable-api.ts'
import { MongoError } from '../errors.ts'
import { Operation } from '../exec/operation.ts'
import type { Transaction } from '../sessions/transaction.ts'
import type { Collection } from '../storage/collection.ts'
import { asMongoError } from '../storage/connection.ts'
import { type Message, ProtocolViolation } from '../wire/message.ts'
import type { Services } from './services.ts'

let connectionCounter = 0

export class Client {
  readonly id = ++connectionCounter
  readonly services: Services
  #user: { db: string; name: string } | undefined
  #metadata: Doc | undefined
  conversation: ScramConversation | undefined
  conversationId = 0
  skipEmptyExchange = false
  readonly running = new Set<Operation>()
  #closed: (() => void)[] = []

  constructor(services: Services) {
    this.services = services
  }

  get authenticated(): boolean {
    return this.#user !== undefined
  }
  /** The user as it is now: dropped users and changed roles take effect at once. */
  get user(): User | undefined {
    return this.#user && this.services.users.find(this.#user.db, this.#user.name)
  }
  get roles(): readonly Role[] {
    return this.user?.roles ?? []
  }
  get userName(): string {
    return this.#user ? `${this.#user.name}@${this.#user.db}` : ''
  }

  can(action: Action, db: string): boolean {
    return allows(this.roles, action, db)
  }
  allowsServer(action: ServerAction): boolean {
    return allowsServer(this.roles, action)
  }

  signIn(db: string, name: string): void {
    this.#user = { db, name }
    this.conversation = undefined
  }
  signOut(): void {
    this.#user = undefined
  }

  /** Client metadata is given once, in the first hello. */
  rememberMetadata(metadata: Doc): void {
    if (this.#metadata)
      throw new MongoError(
        'ClientMetadataCannotBeMutated',
        'The client metadata document may only be sent in the first hello',
      )
    this.#metadata = metadata
  }

  get #appName(): string | undefined {
    const application = this.#metadata?.get('application')
    const name = isDoc(application) ? application.get('name') : undefined
    return typeof name === 'string' ? name : undefined
  }

  onClose(callback: () => void): void {
    this.#closed.push(callback)
  }

  closed(): void {
    for (const op of this.running) op.kill(new MongoError('Interrupted', 'the client disconnected'))
    for (const callback of this.#closed) callback()
  }

  async handle(message: Message): Promise<Doc> {
    const op = new Operation()
    this.running.add(op)
    try {
      const run = () => this.#run(message, op)
      const { body } = message
      const name = body.keys().next().value ?? ''
      const { failPoints } = this.services
      const reply = failPoints ? failPoints.around({ name, body, appName: this.#appName }, run) : run()
      return this.#stamped(await reply)
    } catch (error) {
      if (error instanceof ProtocolViolation) throw error
      return this.#stamped(errorReply(error))
    } finally {
      this.running.delete(op)
    }
  }

  /** Makes a collection; a transaction that is aborted takes its own away again. */
  #create(db: string, name: string, options: Doc, transaction: Transaction | undefined): Collection {
    const collection = this.services.engine.create(db, name, options)
    if (transaction) {
      transaction.made.add(collection)
      this.services.engine.uncommitted.add(collection)
    }
    return collection
  }

  #stamped(reply: Doc): Doc {
    if (this.authenticated) this.services.clock.stamp(reply)
    return reply
  }

  async #run(message: Message, op: Operation): Promise<Doc> {
    const { body } = message
    const name = body.keys().next().value ?? ''
    const db = message.legacy ? message.legacyDb : body.get('$db')
    if (typeof db !== 'string') throw new MongoError(40571, 'OP_MSG requests require a $db argument')
    checkDatabaseName(db)
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined
    if (!command) {
      if (!this.authenticated) throw new MongoError('Unauthorized', `Command ${name} requires authentication`)
      throw new MongoError('CommandNotFound', `no such command: '${name}'`)
    }
    const args = new Args(name, body)
    const { engine, sessions } = this.services
    const base = { services: this.services, client: this, name, db, args, sequences: message.sequences, op }
    this.#authorise(command.privilege(base), base)
    checkFields(command, message, name)
    op.limit(args.natural('maxTimeMS'))
    checkApi(name, body)
    checkConcerns(body, command)
    this.services.clock.check(body.get('$clusterTime'))
    const scope = sessions.scope(body, this.userName, name, command.inTransaction === true)
    const request: Request = {
      ...base,
      ...scope,
      ensure: (collection) =>
        engine.find(db, collection) ?? this.#create(db, collection, new Map(), scope.transaction),
      createIn: (other, collection) => this.#create(other, collection, new Map(), scope.transaction),
      create: (collection, options) => this.#create(db, collection, options, scope.transaction),
    }
    if (!scope.transaction) return withSnapshotTime(await command.run(request), scope.snapshotTime)
    try {
      const reply = await command.run(request)
      // A statement that failed ends its transaction, also when the command as a whole answers.
      if (reply.has('writeErrors')) sessions.abortAfterError(body, this.userName)
      return reply
    } catch (error) {
      sessions.abortAfterError(body, this.userName)
      throw error
    }
  }

  #authorise(privilege: Privilege, { name, db }: RequestBase): void {
    if (privilege === 'none') return
    if (!this.user) throw new MongoError('Unauthorized', `Command ${name} requires authentication`)
    if (privilege === 'any') return
    const target = 'server' in privilege ? 'admin' : (privilege.db ?? db)
    const ok =
      'server' in privilege
        ? allowsServer(this.roles, privilege.server)
        : privilege.actions.every((action) => allows(this.roles, action, target))
    if (!ok) throw new MongoError('Unauthorized', `not authorized on ${target} to execute command ${name}`)
  }
}

/** A read of a moment tells which one it was, so that later reads can name it. */
function withSnapshotTime(reply: Doc, time: Timestamp | undefined): Doc {
  const cursor = reply.get('cursor')
  if (time) (isDoc(cursor) ? cursor : reply).set('atClusterTime', time)
  return reply
}

function checkFields({ fields }: Command, message: Message, name: string): void {
  if (fields === 'any') return
  for (const key of message.body.keys()) {
    if (key !== name && !fields.includes(key) && !GENERIC_FIELDS.has(key)) {
      throw new MongoError(40415, `BSON field '${name}.${key}' is an unknown field.`)
    }
  }
  for (const key of message.sequences.keys()) {
    if (!fields.includes(key)) throw new MongoError(40415, `BSON field '${name}.${key}' is an unknown field.`)
  }
}

const READ_LEVELS = ['local', 'available', 'majority', 'linearizable', 'snapshot']

function checkConcerns(body: Doc, command: Command): void {
  const read = body.get('readConcern')
  if (isDoc(read)) {
    const level = read.get('level')
    if (level !== undefined && !READ_LEVELS.includes(level as string)) {
      throw new MongoError('FailedToParse', `Invalid readConcern level '${String(level)}'`)
    }
    const reads = body.get('autocommit') === false ? command.inTransaction : command.readsSnapshots
    if (level === 'snapshot' && !reads) {
      throw new MongoError('InvalidOptions', 'the command does not support read concern snapshot')
    }
  }
  const write = body.get('writeConcern')
  if (isDoc(write)) {
    const w = write.get('w')
    const n = asInteger(w) ?? 1
    if (typeof w !== 'string' && n > 1) throw new MongoError(100, 'Not enough data-bearing nodes')
    if (typeof w === 'string' && w !== 'majority') {
      throw new MongoError(79, `No write concern mode named '${w}' found in replica set configuration`)
    }
  }
}

/** Any failure as a reply; what is no MongoError is a defect and shows only a generic message. */
export function errorReply(error: unknown): Doc {
  const known = error instanceof MongoError ? error : asMongoError(error)
  if (!known) {
    console.error(error)
    return errorReply(new MongoError('InternalError', 'internal error of the embedded database'))
  }
  const reply = doc({ ok: 0, errmsg: known.message, code: int(known.code), codeName: known.codeName })
  if (known.labels.length > 0) reply.set('errorLabels', [...known.labels])
  for (const [key, value] of known.extra ?? []) reply.set(key, value)
  return reply
}
