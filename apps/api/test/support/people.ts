import { randomBytes } from 'node:crypto'
import type { TeamRole } from '@lathe/shared'
import { MongoClient } from 'mongodb'
import { tokenHash } from '../../src/hash.ts'
import { type Client, client } from './client.ts'
import type { Stack } from './stack.ts'

export interface People extends AsyncDisposable {
  mongo: MongoClient
  /** Another account, with a personal team `team-<name>` and a token. */
  account(name: string): Promise<Client>
  join(teamId: string, userId: string, role: TeamRole): Promise<void>
  leave(teamId: string, userId: string): Promise<void>
}

/** Makes accounts past the api, where how they come to be is not what is tested. */
export async function peopleOf({ lathe }: Stack): Promise<People> {
  const mongo = await new MongoClient(lathe.mongoUrl).connect()
  const collection = (name: string) => mongo.db('lathe').collection<{ _id: string }>(name)
  const at = { createdAt: new Date(), updatedAt: new Date() }
  const insert = (name: string, doc: { _id: string } & Record<string, unknown>) =>
    collection(name).insertOne(doc)
  const join = async (teamId: string, userId: string, role: TeamRole) => {
    await insert('member', { _id: `${teamId}:${userId}`, organizationId: teamId, userId, role, ...at })
  }
  return {
    mongo,
    join,
    async account(name) {
      const token = `lathe_${randomBytes(36).toString('base64url')}`
      await insert('user', { _id: name, email: `${name}@example.com`, name, ...at })
      await insert('organization', { _id: `team-${name}`, name, slug: `personal-${name}`, ...at })
      await join(`team-${name}`, name, 'owner')
      await insert('apikey', {
        _id: `key-${name}`,
        key: tokenHash(token),
        referenceId: name,
        enabled: true,
        ...at,
      })
      return client(lathe.url, { authorization: `Bearer ${token}` })
    },
    async leave(teamId, userId) {
      await collection('member').deleteOne({ _id: `${teamId}:${userId}` })
    },
    [Symbol.asyncDispose]: () => mongo.close(),
  }
}
