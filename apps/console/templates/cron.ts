import cloud, { type FunctionContext } from '@lathe/cloud'

const DAY_MS = 24 * 60 * 60 * 1000

/** Removes what is older than a day. Give it a trigger under Triggers, e.g. `0 3 * * *`. */
export default async function (ctx: FunctionContext) {
  // Nothing from outside can claim to be a trigger.
  if (ctx.trigger !== 'cron') return Response.json({ error: 'for triggers alone' }, { status: 403 })
  const { deletedCount } = await cloud.mongo.db
    .collection('sessions')
    .deleteMany({ createdAt: { $lt: new Date(Date.now() - DAY_MS) } })
  console.log('removed', deletedCount)
  return { deletedCount }
}
