import { type MongoClient, MongoServerError } from 'mongodb'

const USER_EXISTS = 51003
const USER_NOT_FOUND = 11

/** Name of an app's own database, and of the user who can reach no other. */
export function appDatabaseName(appid: string): string {
  return `app_${appid}`
}

/** Creates the app's database user, or gives an existing one this password. Can be repeated. */
export function ensureAppUser(client: MongoClient, appid: string, password: string): Promise<void> {
  return ensureDatabaseUser(client, appDatabaseName(appid), password)
}

/** Creates the user of a database, under its name, or gives an existing one this password. Can be repeated. */
export async function ensureDatabaseUser(client: MongoClient, name: string, password: string): Promise<void> {
  const db = client.db(name)
  const roles = [
    { role: 'readWrite', db: name },
    { role: 'dbAdmin', db: name },
  ]
  try {
    await db.command({ createUser: name, pwd: password, roles })
  } catch (error) {
    if (!(error instanceof MongoServerError && error.code === USER_EXISTS)) throw error
    await db.command({ updateUser: name, pwd: password, roles })
  }
}

/** Removes the app's database with everything in it, and its user. Can be repeated. */
export function dropAppDatabase(client: MongoClient, appid: string): Promise<void> {
  return dropDatabase(client, appDatabaseName(appid))
}

/** Removes a database with everything in it, and its user. Can be repeated. */
export async function dropDatabase(client: MongoClient, name: string): Promise<void> {
  const db = client.db(name)
  try {
    await db.command({ dropUser: name })
  } catch (error) {
    if (!(error instanceof MongoServerError && error.code === USER_NOT_FOUND)) throw error
  }
  await db.dropDatabase()
}

/** The platform's connection string with the app's own user and database in place of the platform's. */
export function appDatabaseUrl(platformUrl: string, appid: string, password: string): string {
  return databaseUrl(platformUrl, appDatabaseName(appid), password)
}

/**
 * The same for any database with a user of its own of the same name. Options (TLS, replica set) are kept; those of
 * authentication are that user's.
 */
export function databaseUrl(platformUrl: string, name: string, password: string): string {
  const match = /^(mongodb(?:\+srv)?:\/\/)(?:[^@/]*@)?([^/?]+)(?:\/[^?]*)?(?:\?(.*))?$/.exec(platformUrl)
  if (!match) throw new Error('MONGODB_URL is not a connection string')
  const [, scheme, hosts, options] = match
  const kept = new URLSearchParams(options)
  for (const option of [...kept.keys()]) {
    if (option.toLowerCase().startsWith('auth')) kept.delete(option)
  }
  kept.set('authSource', name)
  return `${scheme}${name}:${encodeURIComponent(password)}@${hosts}/${name}?${kept}`
}
