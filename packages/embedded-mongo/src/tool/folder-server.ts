/** A server in this process on a data folder that no other server uses, with a client for it. */
import { randomBytes } from 'node:crypto'
import { MongoClient } from 'mongodb'
import { startServer } from '../index.ts'
import { StartRefused } from '../server/server.ts'
import { ToolError } from './tool-error.ts'

/** Runs `work` with a client of the folder's database. Throws ToolError when another server uses the folder. */
export async function withFolder<T>(dataDir: string, work: (client: MongoClient) => Promise<T>): Promise<T> {
  const rootUser = `tool-${randomBytes(6).toString('hex')}`
  await using server = await start(dataDir, rootUser)
  const client = await new MongoClient(server.url).connect()
  try {
    return await work(client)
  } finally {
    // The folder keeps no user whose password nobody knows.
    await client.db('admin').command({ dropUser: rootUser })
    await client.close()
  }
}

async function start(dataDir: string, rootUser: string) {
  try {
    return await startServer({ dataDir, rootUser, rootPassword: randomBytes(24).toString('base64url') })
  } catch (error) {
    if (error instanceof StartRefused)
      throw new ToolError(`${error.message}; stop Lathe first, or name the database by --url`)
    throw error
  }
}
