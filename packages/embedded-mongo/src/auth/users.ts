/** The users, kept in SQLite and in memory. */
import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import { decode } from '../bson/decode.ts'
import { encode } from '../bson/encode.ts'
import type { Doc } from '../bson/values.ts'
import { MongoError } from '../errors.ts'
import type { Engine } from '../storage/engine.ts'
import type { Role } from './roles.ts'
import { type Credential, type Mechanism, makeCredential } from './scram.ts'

export interface User {
  readonly db: string
  readonly name: string
  /** UUID in hexadecimal. */
  readonly id: string
  readonly roles: readonly Role[]
  readonly credentials: Partial<Record<Mechanism, Credential>>
  /** BSON in base64. */
  readonly customData: string | undefined
}

export interface UserChange {
  readonly password?: string | undefined
  readonly mechanisms?: readonly Mechanism[] | undefined
  readonly roles?: readonly Role[] | undefined
  readonly customData?: Doc | undefined
  readonly iterations?: number | undefined
}

const DEFAULT_MECHANISMS: readonly Mechanism[] = ['SCRAM-SHA-1', 'SCRAM-SHA-256']

export class Users {
  readonly #engine: Engine
  readonly #users = new Map<string, User>()
  readonly #fakeSaltKey = randomBytes(32)

  constructor(engine: Engine) {
    this.#engine = engine
    for (const [doc] of engine.write.all('SELECT doc FROM users')) {
      const user = JSON.parse(Buffer.from(doc as Uint8Array).toString()) as User
      this.#users.set(key(user.db, user.name), user)
    }
  }

  find(db: string, name: string): User | undefined {
    return this.#users.get(key(db, name))
  }

  list(db?: string): User[] {
    return [...this.#users.values()].filter((u) => db === undefined || u.db === db)
  }

  /** A salt for a user who does not exist, the same each time. */
  fakeSalt(mechanism: Mechanism): (name: string) => string {
    const size = mechanism === 'SCRAM-SHA-256' ? 28 : 16
    return (name) =>
      createHmac('sha256', this.#fakeSaltKey).update(name).digest().subarray(0, size).toString('base64')
  }

  async create(db: string, name: string, change: UserChange & { password: string }): Promise<void> {
    if (this.find(db, name)) throw new MongoError(51003, `User "${name}@${db}" already exists`)
    const credentials = await makeCredentials(name, change.password, change.mechanisms, change.iterations)
    if (this.find(db, name)) throw new MongoError(51003, `User "${name}@${db}" already exists`)
    this.#save({
      db,
      name,
      id: randomUUID().replaceAll('-', ''),
      roles: change.roles ?? [],
      credentials,
      customData: change.customData === undefined ? undefined : toBase64(change.customData),
    })
  }

  async update(db: string, name: string, change: UserChange): Promise<void> {
    const before = this.#existing(db, name)
    const credentials =
      change.password === undefined
        ? keepMechanisms(before.credentials, change.mechanisms)
        : await makeCredentials(name, change.password, change.mechanisms, change.iterations)
    const user = this.#existing(db, name)
    this.#save({
      ...user,
      roles: change.roles ?? user.roles,
      credentials,
      customData: change.customData === undefined ? user.customData : toBase64(change.customData),
    })
  }

  drop(db: string, name: string): void {
    this.#existing(db, name)
    this.#engine.writer.exclusive(() =>
      this.#engine.write.run('DELETE FROM users WHERE db = ? AND name = ?', db, name),
    )
    this.#users.delete(key(db, name))
  }

  dropAll(db: string): number {
    const gone = this.list(db)
    this.#engine.writer.exclusive(() => this.#engine.write.run('DELETE FROM users WHERE db = ?', db))
    for (const u of gone) this.#users.delete(key(db, u.name))
    return gone.length
  }

  setRoles(db: string, name: string, roles: readonly Role[]): void {
    this.#save({ ...this.#existing(db, name), roles })
  }

  #existing(db: string, name: string): User {
    const user = this.find(db, name)
    if (!user) throw new MongoError('UserNotFound', `User '${name}@${db}' not found`)
    return user
  }

  #save(user: User): void {
    const text = Buffer.from(JSON.stringify(user))
    this.#engine.writer.exclusive(() =>
      this.#engine.write.run(
        'INSERT OR REPLACE INTO users (db, name, doc) VALUES (?, ?, ?)',
        user.db,
        user.name,
        text,
      ),
    )
    this.#users.set(key(user.db, user.name), user)
  }
}

function toBase64(document: Doc): string {
  return Buffer.from(encode(document)).toString('base64')
}

export function customDataOf(user: User): Doc | undefined {
  return user.customData === undefined
    ? undefined
    : decode(new Uint8Array(Buffer.from(user.customData, 'base64')))
}

function key(db: string, name: string): string {
  return `${db}\0${name}`
}

async function makeCredentials(
  name: string,
  password: string,
  mechanisms: readonly Mechanism[] | undefined,
  iterations: number | undefined,
): Promise<Partial<Record<Mechanism, Credential>>> {
  const out: Partial<Record<Mechanism, Credential>> = {}
  for (const m of mechanisms ?? DEFAULT_MECHANISMS)
    out[m] = await makeCredential(m, name, password, iterations)
  return out
}

function keepMechanisms(
  credentials: Partial<Record<Mechanism, Credential>>,
  mechanisms: readonly Mechanism[] | undefined,
): Partial<Record<Mechanism, Credential>> {
  if (!mechanisms) return credentials
  const out: Partial<Record<Mechanism, Credential>> = {}
  for (const m of mechanisms) {
    const kept = credentials[m]
    if (!kept)
      throw new MongoError('BadValue', 'mechanisms field must be a subset of previously set mechanisms')
    out[m] = kept
  }
  return out
}
