import type { AppView, inputs } from '@lathe/shared'
import type { Filter } from 'mongodb'
import type { z } from 'zod'
import { appsOf, memberships } from '../../auth/memberships.ts'
import type { AppDoc } from '../../mongo/documents.ts'
import type { Mongo } from '../../mongo/mongo.ts'
import { notFound } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { appView } from './view.ts'

/** Above what a team has: one round trip. */
const WHOLE = 5_000

type Input = z.infer<typeof inputs.appsList>

/** The apps of one of the caller's teams, or of all of them; the newest first. Whole, or page by page. */
export async function listApps({ context, caller }: SignedRequest, input: Input): Promise<AppView[]> {
  const all = (await memberships(context.mongo, caller)).map(({ teamId }) => teamId)
  const { teamId, ...page } = input ?? {}
  if (teamId !== undefined && !all.includes(teamId)) throw notFound('team', teamId)
  const visible = { teamId: teamId ?? { $in: all }, ...appsOf(caller) }
  return context.reads.read(`apps:${JSON.stringify([visible, page])}`, async () => {
    const { apps } = context.mongo
    const found = apps.find({ $and: [visible, ...(await within(apps, visible, page))] })
    // All of them are sorted here: the database would read them twice.
    const docs = await (page.limit === undefined
      ? found.batchSize(WHOLE)
      : found.sort({ createdAt: -1, _id: -1 }).limit(page.limit)
    ).toArray()
    return docs.sort(newestFirst).map((doc) => appView(context, doc))
  })
}

function newestFirst(a: AppDoc, b: AppDoc): number {
  return b.createdAt.getTime() - a.createdAt.getTime() || (a._id < b._id ? 1 : -1)
}

/** What a search finds, and what comes after the last app of the page before. */
async function within(
  apps: Mongo['apps'],
  visible: Filter<AppDoc>,
  { search, after }: Omit<NonNullable<Input>, 'teamId'>,
): Promise<Filter<AppDoc>[]> {
  const filters: Filter<AppDoc>[] = []
  if (search) {
    const part = { $regex: RegExp.escape(search), $options: 'i' }
    filters.push({ $or: [{ name: part }, { _id: part }] })
  }
  if (after !== undefined) {
    const last = await apps.findOne({ $and: [visible, { _id: after }] })
    if (!last) throw notFound('app', after)
    const { createdAt } = last
    filters.push({ $or: [{ createdAt: { $lt: createdAt } }, { createdAt, _id: { $lt: after } }] })
  }
  return filters
}
