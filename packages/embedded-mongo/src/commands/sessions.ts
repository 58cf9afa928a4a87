/** startSession, endSessions and their kin. */
import { randomBytes } from 'node:crypto'
import { Binary, doc, int, isDoc, type Value } from '../bson/values.ts'
import { MongoError } from '../errors.ts'
import type { Command, Request } from './command.ts'

function ids({ args, name }: Request): string[] {
  return args.array(name).flatMap((v: Value) => {
    const id = isDoc(v) ? v.get('id') : undefined
    return id instanceof Binary ? [Buffer.from(id.bytes).toString('hex')] : []
  })
}

async function end(request: Request) {
  for (const id of ids(request)) {
    request.services.sessions.endSession(request.client.userName, id)
    await request.services.cursors.removeWhere(
      (c) => c.owner.lsid === id && c.owner.user === request.client.userName,
    )
  }
  return doc({ ok: 1 })
}

const ADMIN_ONLY = ['commitTransaction', 'abortTransaction']

function finish(request: Request, how: () => Promise<void> | void) {
  if (request.db !== 'admin')
    throw new MongoError(
      'Unauthorized',
      `${ADMIN_ONLY.join(' and ')} may only be run against the admin database.`,
    )
  return Promise.resolve(how()).then(() => doc({ ok: 1 }))
}

export const sessionCommands: Record<string, Command> = {
  commitTransaction: {
    fields: ['recoveryToken'],
    privilege: () => 'any',
    run: (r) => finish(r, () => r.services.sessions.commit(r.args.body, r.client.userName)),
    inTransaction: true,
  },
  abortTransaction: {
    fields: ['recoveryToken'],
    privilege: () => 'any',
    run: async (r) => finish(r, () => r.services.sessions.abort(r.args.body, r.client.userName)),
    inTransaction: true,
  },
  startSession: {
    fields: [],
    privilege: () => 'any',
    run: () => {
      const bytes = new Uint8Array(randomBytes(16))
      bytes[6] = (bytes[6]! & 0x0f) | 0x40
      bytes[8] = (bytes[8]! & 0x3f) | 0x80
      return doc({ id: doc({ id: new Binary(bytes, 4) }), timeoutMinutes: int(30), ok: 1 })
    },
  },
  endSessions: { fields: [], privilege: () => 'none', run: end },
  killSessions: { fields: [], privilege: () => 'any', run: end },
  refreshSessions: { fields: [], privilege: () => 'any', run: () => doc({ ok: 1 }) },
}
