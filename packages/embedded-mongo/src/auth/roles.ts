/** Built-in roles and what they allow. Roles of one's own are not supported. */
import { MongoError } from '../errors.ts'

export interface Role {
  readonly role: string
  readonly db: string
}

/** What a command needs: an action on a database, or on the whole server. */
export type Action =
  | 'find'
  | 'insert'
  | 'update'
  | 'remove'
  | 'listCollections'
  | 'listIndexes'
  | 'stats'
  | 'createCollection'
  | 'createIndex'
  | 'dropCollection'
  | 'dropIndex'
  | 'rename'
  | 'collMod'
  | 'validate'
  | 'dropDatabase'
  | 'changeStream'
  | 'viewUser'
  | 'manageUser'
export type ServerAction = 'listDatabases' | 'serverStatus' | 'anything'

const READ: Action[] = ['find', 'listCollections', 'listIndexes', 'stats', 'changeStream']
const READ_WRITE: Action[] = [
  ...READ,
  'insert',
  'update',
  'remove',
  'createCollection',
  'createIndex',
  'dropCollection',
  'dropIndex',
  'rename',
]
const DB_ADMIN: Action[] = [
  'listCollections',
  'listIndexes',
  'stats',
  'createCollection',
  'createIndex',
  'dropCollection',
  'dropIndex',
  'rename',
  'collMod',
  'validate',
  'dropDatabase',
]
const USER_ADMIN: Action[] = ['viewUser', 'manageUser']

const DATABASE_ROLES: Record<string, readonly Action[]> = {
  read: READ,
  readWrite: READ_WRITE,
  dbAdmin: DB_ADMIN,
  userAdmin: USER_ADMIN,
  dbOwner: [...new Set([...READ_WRITE, ...DB_ADMIN, ...USER_ADMIN])],
}
const EVERY_DATABASE: Record<string, readonly Action[]> = {
  readAnyDatabase: READ,
  readWriteAnyDatabase: READ_WRITE,
  dbAdminAnyDatabase: DB_ADMIN,
  userAdminAnyDatabase: USER_ADMIN,
  root: DATABASE_ROLES.dbOwner!,
}
const SERVER_ACTIONS: Record<string, readonly ServerAction[]> = {
  readAnyDatabase: ['listDatabases'],
  readWriteAnyDatabase: ['listDatabases'],
  dbAdminAnyDatabase: ['listDatabases'],
  userAdminAnyDatabase: ['listDatabases'],
  clusterMonitor: ['listDatabases', 'serverStatus'],
  root: ['listDatabases', 'serverStatus', 'anything'],
}

/** Databases that only roles on all databases, or on `admin` itself, open. */
export function checkRole({ role, db }: Role): void {
  const known =
    Object.hasOwn(DATABASE_ROLES, role) ||
    ((Object.hasOwn(EVERY_DATABASE, role) || Object.hasOwn(SERVER_ACTIONS, role)) && db === 'admin')
  if (!known) throw new MongoError('RoleNotFound', `Could not find role: ${role}@${db}`)
}

export function allows(roles: readonly Role[], action: Action, db: string): boolean {
  return roles.some(
    (r) =>
      (r.db === db && Object.hasOwn(DATABASE_ROLES, r.role) && DATABASE_ROLES[r.role]!.includes(action)) ||
      (r.db === 'admin' && Object.hasOwn(EVERY_DATABASE, r.role) && EVERY_DATABASE[r.role]!.includes(action)),
  )
}

export function allowsServer(roles: readonly Role[], action: ServerAction): boolean {
  return roles.some(
    (r) =>
      r.db === 'admin' && Object.hasOwn(SERVER_ACTIONS, r.role) && SERVER_ACTIONS[r.role]!.includes(action),
  )
}

/** Whether any role reaches into the database: what `listDatabases` shows to a user. */
export function reaches(roles: readonly Role[], db: string): boolean {
  return roles.some((r) => r.db === db || (r.db === 'admin' && Object.hasOwn(EVERY_DATABASE, r.role)))
}
