import type { Mongo } from './mongo.ts'

/**
 * One index for every query that the api makes. Creating one that exists changes nothing.
 * better-auth creates those of its own collections that its schema marks; the ones here it does not know of.
 */
export async function createIndexes(mongo: Mongo): Promise<void> {
  await Promise.all([
    mongo.apps.createIndexes([{ key: { teamId: 1, createdAt: 1 } }]),
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
    mongo.triggers.createIndexes([{ key: { appid: 1, _id: 1 } }, { key: { nextAt: 1 } }]),
    mongo.firings.createIndexes([
      { key: { appid: 1 } },
      { key: { triggerId: 1, _id: -1 } },
      { key: { leaseUntil: 1 } },
    ]),
    mongo.registries.createIndexes([{ key: { teamId: 1, scope: 1 }, unique: true }]),
    mongo.members.createIndexes([{ key: { userId: 1, organizationId: 1 }, unique: true }]),
    mongo.organizations.createIndexes([{ key: { slug: 1 }, name: 'organization_slug_uidx', unique: true }]),
    mongo.apiKeys.createIndexes([{ key: { key: 1 }, name: 'apikey_key_idx' }]),
  ])
}
