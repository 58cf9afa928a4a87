import type { ClientSession } from 'mongodb'
import type { Mongo } from './mongo.ts'

/** A write that somebody else's write crossed begins anew; a commit whose answer was lost is asked for again. */
export async function inTransaction(
  mongo: Mongo,
  work: (session: ClientSession) => Promise<void>,
): Promise<void> {
  await using session = mongo.client.startSession()
  await session.withTransaction(() => work(session), {
    readConcern: 'snapshot',
    writeConcern: { w: 'majority' },
  })
}
