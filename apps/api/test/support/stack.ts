import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { settingsSchema } from '@lathe/shared'
import { type Lathe, startLathe } from '@lathe/supervisor'
import { type Client, client, signIn } from './client.ts'

export const OWNER = { email: 'owner@example.com', password: 'correct horse battery' }

export interface Stack extends AsyncDisposable {
  lathe: Lathe
  /** Calls the api as the owner, by bearer token, through the gateway. */
  api: Client
  /** Starts another Lathe on the same data. */
  data: string
}

/** A whole Lathe of its own: supervisor, database, api, gateway, runtimes, all real, on free ports. */
export async function startStack(settings: Record<string, string> = {}): Promise<Stack> {
  const data = settings.LATHE_DATA ?? (await mkdtemp(join(tmpdir(), 'lathe-api-')))
  const lathe = await startLathe(
    settingsSchema.parse({
      LATHE_PORT: '0',
      LATHE_DATA: data,
      LATHE_OWNER_EMAIL: OWNER.email,
      LATHE_OWNER_PASSWORD: OWNER.password,
      ...(process.env.LATHE_ISOLATION ? { LATHE_ISOLATION: process.env.LATHE_ISOLATION } : {}),
      ...(process.env.MONGODB_URL ? { MONGODB_URL: process.env.MONGODB_URL } : {}),
      ...settings,
    }),
  )
  const session = await signIn(lathe.url, OWNER)
  const { token } = await session.call('tokens.create', { name: 'tests' })
  return {
    lathe,
    data,
    api: client(lathe.url, { authorization: `Bearer ${token}` }),
    async [Symbol.asyncDispose]() {
      await lathe[Symbol.asyncDispose]()
      if (!settings.LATHE_DATA) await rm(data, { recursive: true, force: true })
    },
  }
}
