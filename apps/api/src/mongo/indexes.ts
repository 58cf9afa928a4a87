import type { Mongo } from './mongo.ts'

/**
 * One index for every query that the api makes. Creating one that exists changes nothing.
 */
export async function createIndexes(mongo: Mongo): Promise<void> {
  await Promise.all([
    mongo.apps.createIndexes([{ key: { teamId: 1, createdAt: -1, _id: -1 } }]),
    mongo.functions.createIndexes([{ key: { appid: 1, slot: 1 }, unique: true }]),
    mongo.revisions.createIndexes([
      { key: { functionId: 1, revision: 1 }, unique: true },
      { key: { appid: 1 } },
    ]),
    mongo.runtimes.createIndexes([{ key: { appid: 1 } }, { key: { tokenHash: 1 }, unique: true }]),
    mongo.logs.createIndexes([
      { key: { appid: 1, _id: 1 } },
      { key: { appid: 1, functionName: 1, _id: 1 } },
      { key: { appid: 1, requestId: 1, _id: 1 } },
      { key: { appid: 1, severe: 1, _id: 1 }, partialFilterExpression: { severe: true } },
      { key: { expiresAt: 1 }, expireAfterSeconds: 0 },
    ]),
    mongo.invocations.createIndexes([
      { key: { appid: 1, _id: 1 } },
      { key: { appid: 1, functionName: 1, _id: 1 } },
      { key: { appid: 1, statusClass: 1, _id: 1 } },
      { key: { appid: 1, requestId: 1, _id: 1 } },
      { key: { expiresAt: 1 }, expireAfterSeconds: 0 },
    ]),
    mongo.metrics.createIndexes([
      { key: { appid: 1, resolution: 1, functionName: 1, at: 1 } },
      { key: { appid: 1, resolution: 1, at: 1 } },
      { key: { expiresAt: 1 }, expireAfterSeconds: 0 },
    ]),
    mongo.cases.createIndexes([
      { key: { appid: 1, functionId: 1, order: 1 } },
      { key: { expiresAt: 1 }, expireAfterSeconds: 0 },
    ]),
    mongo.runs.createIndexes([
      { key: { appid: 1, userId: 1, _id: -1 } },
      { key: { appid: 1, userId: 1, functionName: 1, _id: -1 } },
      { key: { expiresAt: 1 }, expireAfterSeconds: 0 },
    ]),
    mongo.variableSets.createIndexes([{ key: { appid: 1, name: 1 }, unique: true }]),
    mongo.triggers.createIndexes([{ key: { appid: 1, _id: 1 } }, { key: { nextAt: 1 } }]),
    mongo.firings.createIndexes([
      { key: { appid: 1 } },
      { key: { triggerId: 1, _id: -1 } },
      { key: { leaseUntil: 1 } },
    ]),
    mongo.presence.createIndexes([{ key: { appid: 1 } }, { key: { expiresAt: 1 }, expireAfterSeconds: 0 }]),
    mongo.comments.createIndexes([{ key: { functionId: 1, revision: 1, _id: 1 } }, { key: { appid: 1 } }]),
    mongo.guesses.createIndexes([{ key: { expiresAt: 1 }, expireAfterSeconds: 0 }]),
    mongo.audit.createIndexes([{ key: { teamId: 1, _id: -1 } }, { key: { appid: 1, _id: -1 } }]),
    mongo.registries.createIndexes([{ key: { teamId: 1, scope: 1 }, unique: true }]),
    ...authIndexes(mongo),
  ])
}

/**
 * What better-auth's schema marks as indexed or unique, which its MongoDB adapter does not create of itself; under the
 * names that it would give them, so that the two never quarrel.
 */
function authIndexes({ db, members }: Mongo): Promise<unknown>[] {
  const on = (collection: string, field: string, unique = false) =>
    db
      .collection(collection)
      .createIndex({ [field]: 1 }, { name: `${collection}_${field}_${unique ? 'u' : ''}idx`, unique })
  return [
    on('user', 'email', true),
    on('session', 'token', true),
    on('session', 'userId'),
    on('passkey', 'userId'),
    on('passkey', 'credentialID', true),
    on('twoFactor', 'userId', true),
    on('account', 'userId'),
    on('account', 'accountId'),
    on('verification', 'identifier'),
    on('organization', 'slug', true),
    on('member', 'organizationId'),
    members.createIndex({ organizationId: 1, _id: 1 }),
    on('invitation', 'organizationId'),
    on('invitation', 'tokenHash', true),
    on('apikey', 'key'),
    on('apikey', 'referenceId'),
    members.createIndex({ userId: 1, organizationId: 1 }, { unique: true }),
  ]
}
