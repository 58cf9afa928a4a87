import { randomBytes } from 'node:crypto'
import { randomToken } from '../hash.ts'
import { databaseUrl, dropDatabase, ensureDatabaseUser } from './app-database.ts'
import type { Mongo } from './mongo.ts'

/** A database that lives as long as one run of tests, with a user who can reach no other. */
export interface TestDatabase extends AsyncDisposable {
  /** Connection string of its own user. */
  url: string
}

/**
 * Makes an empty database for a run of tests, and drops what runs have left behind whose api died.
 * @param leaseMs after which it may be dropped, whatever has become of its run
 */
export async function createTestDatabase(
  mongo: Mongo,
  platformUrl: string,
  appid: string,
  leaseMs: number,
): Promise<TestDatabase> {
  await sweep(mongo)
  const name = `test_${appid}_${randomBytes(6).toString('hex')}`
  const password = randomToken()
  await mongo.testDatabases.insertOne({ _id: name, leaseUntil: new Date(Date.now() + leaseMs) })
  try {
    await ensureDatabaseUser(mongo.client, name, password)
  } catch (error) {
    await drop(mongo, name)
    throw error
  }
  return {
    url: databaseUrl(platformUrl, name, password),
    [Symbol.asyncDispose]: () => drop(mongo, name),
  }
}

async function sweep(mongo: Mongo): Promise<void> {
  const left = await mongo.testDatabases.find({ leaseUntil: { $lt: new Date() } }).toArray()
  for (const { _id } of left) await drop(mongo, _id)
}

async function drop(mongo: Mongo, name: string): Promise<void> {
  await dropDatabase(mongo.client, name)
  await mongo.testDatabases.deleteOne({ _id: name })
}
