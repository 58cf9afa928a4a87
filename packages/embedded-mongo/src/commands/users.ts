/** User management. */

import { checkRole, type Role } from '../auth/roles.ts'
import { isMechanism, type Mechanism } from '../auth/scram.ts'
import { customDataOf, type User } from '../auth/users.ts'
import { Binary, type Doc, doc, int, isDoc, type Value } from '../bson/values.ts'
import { MongoError } from '../errors.ts'
import { type Args, type Command, on, type Request } from './command.ts'

function roles(list: Value[], db: string): Role[] {
  return list.map((entry) => {
    const role =
      typeof entry === 'string'
        ? { role: entry, db }
        : isDoc(entry)
          ? { role: entry.get('role'), db: entry.get('db') }
          : {}
    if (typeof role.role !== 'string' || typeof role.db !== 'string')
      throw new MongoError('BadValue', 'Role names must be either strings or objects')
    const checked = { role: role.role, db: role.db }
    checkRole(checked)
    return checked
  })
}

function mechanisms(args: Args): Mechanism[] | undefined {
  if (!args.has('mechanisms')) return undefined
  const list = args.array('mechanisms')
  if (list.length === 0) throw new MongoError('BadValue', 'mechanisms field must not be empty')
  return list.map((m) => {
    if (!isMechanism(m)) throw new MongoError('BadValue', `Unknown auth mechanism '${String(m)}'`)
    return m
  })
}

function userName(request: Request): string {
  const name = request.args.string(request.name)
  if (name === '' || name.includes('\0'))
    throw new MongoError('BadValue', 'User name must be a non-empty string without null bytes')
  return name
}

function password(args: Args): string | undefined {
  const pwd = args.optionalString('pwd')
  if (pwd === '') throw new MongoError('BadValue', 'Password cannot be empty')
  return pwd
}

/** Roles on another database may be given only by who manages the users there. */
function requireGrants(request: Request, granted: readonly Role[]): void {
  const { client } = request
  for (const { db } of granted) {
    if (db !== request.db && !client.can('manageUser', db)) {
      throw new MongoError('Unauthorized', `not authorized on ${db} to grant roles`)
    }
    // Roles of `admin` reach beyond it: only root may hand them out.
    if (
      db === 'admin' &&
      !client.roles.some((r) => r.db === 'admin' && (r.role === 'root' || r.role === 'userAdminAnyDatabase'))
    ) {
      throw new MongoError('Unauthorized', 'not authorized on admin to grant roles')
    }
  }
}

async function createUser(request: Request): Promise<Doc> {
  const { args, db, services } = request
  const pwd = password(args)
  if (pwd === undefined) throw args.missing('pwd')
  const granted = roles(args.array('roles'), db)
  requireGrants(request, granted)
  await services.users.create(db, userName(request), {
    password: pwd,
    roles: granted,
    mechanisms: mechanisms(args),
    customData: args.optionalDoc('customData'),
  })
  return doc({ ok: 1 })
}

async function updateUser(request: Request): Promise<Doc> {
  const { args, db, services } = request
  const granted = args.has('roles') ? roles(args.array('roles'), db) : undefined
  if (granted) requireGrants(request, granted)
  const change = {
    password: password(args),
    roles: granted,
    mechanisms: mechanisms(args),
    customData: args.optionalDoc('customData'),
  }
  if (Object.values(change).every((v) => v === undefined))
    throw new MongoError('BadValue', 'Must specify at least one field to update in updateUser')
  await services.users.update(db, userName(request), change)
  return doc({ ok: 1 })
}

function describe(user: User, credentials: boolean): Doc {
  return doc({
    _id: `${user.db}.${user.name}`,
    userId: new Binary(new Uint8Array(Buffer.from(user.id, 'hex')), 4),
    user: user.name,
    db: user.db,
    ...(credentials
      ? {
          credentials: doc(
            Object.fromEntries(
              Object.entries(user.credentials).map(([m, c]) => [
                m,
                doc({ ...c, iterationCount: int(c.iterationCount) }),
              ]),
            ),
          ),
        }
      : {}),
    customData: customDataOf(user),
    roles: user.roles.map((r) => doc({ role: r.role, db: r.db })),
    mechanisms: Object.keys(user.credentials),
  })
}

function usersInfo(request: Request): Doc {
  const { args, db, services, client } = request
  const wanted = args.get('usersInfo')
  let found: User[]
  const one = (value: Value): User[] => {
    const [name, at] = isDoc(value) ? [value.get('user'), value.get('db')] : [value, db]
    if (typeof name !== 'string' || typeof at !== 'string')
      throw new MongoError('BadValue', 'usersInfo takes names or documents with user and db')
    const self = client.userName === `${name}@${at}`
    if (!self && !client.can('viewUser', at))
      throw new MongoError('Unauthorized', `not authorized on ${at} to execute command usersInfo`)
    return [services.users.find(at, name)].filter((u) => u !== undefined)
  }
  if (isDoc(wanted) && wanted.has('forAllDBs')) {
    if (!client.can('viewUser', 'admin') || !client.allowsServer('listDatabases'))
      throw new MongoError('Unauthorized', 'not authorized on admin to execute command usersInfo')
    found = services.users.list()
  } else if (Array.isArray(wanted)) found = wanted.flatMap(one)
  else if (typeof wanted === 'string' || isDoc(wanted)) found = one(wanted)
  else {
    if (!client.can('viewUser', db))
      throw new MongoError('Unauthorized', `not authorized on ${db} to execute command usersInfo`)
    found = services.users.list(db)
  }
  for (const option of ['showPrivileges', 'showAuthenticationRestrictions', 'filter']) {
    if (args.get(option))
      throw new MongoError(
        'NotImplemented',
        `usersInfo with ${option} is not supported by the embedded database`,
      )
  }
  return doc({ users: found.map((u) => describe(u, args.boolean('showCredentials'))), ok: 1 })
}

function changeRoles(grant: boolean): Command['run'] {
  return (request) => {
    const { args, db, services } = request
    const name = userName(request)
    const user = services.users.find(db, name)
    if (!user) throw new MongoError('UserNotFound', `Could not find user "${name}" for db "${db}"`)
    const list = roles(args.array('roles'), db)
    requireGrants(request, list)
    const same = (a: Role) => (b: Role) => a.role === b.role && a.db === b.db
    const next = user.roles.filter((r) => !list.some(same(r)))
    services.users.setRoles(db, name, grant ? [...next, ...list] : next)
    return doc({ ok: 1 })
  }
}

const USER_FIELDS = ['pwd', 'roles', 'customData', 'mechanisms', 'digestPassword']

export const userCommands: Record<string, Command> = {
  createUser: { fields: USER_FIELDS, privilege: on('manageUser'), run: createUser },
  // As in MongoDB, whose roles for reading and writing do not let users change their own passwords either.
  updateUser: { fields: USER_FIELDS, privilege: on('manageUser'), run: updateUser },
  dropUser: {
    fields: [],
    privilege: on('manageUser'),
    run: (request) => {
      request.services.users.drop(request.db, userName(request))
      return doc({ ok: 1 })
    },
  },
  dropAllUsersFromDatabase: {
    fields: [],
    privilege: on('manageUser'),
    run: ({ services, db }) => doc({ n: int(services.users.dropAll(db)), ok: 1 }),
  },
  grantRolesToUser: { fields: ['roles'], privilege: on('manageUser'), run: changeRoles(true) },
  revokeRolesFromUser: { fields: ['roles'], privilege: on('manageUser'), run: changeRoles(false) },
  usersInfo: {
    fields: [
      'showCredentials',
      'showPrivileges',
      'showCustomData',
      'showAuthenticationRestrictions',
      'filter',
    ],
    privilege: () => 'any',
    run: usersInfo,
  },
}
