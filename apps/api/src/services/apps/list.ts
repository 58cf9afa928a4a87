import type { AppView, inputs } from '@lathe/shared'
import type { z } from 'zod'
import { appsOf, memberships } from '../../auth/memberships.ts'
import { notFound } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { appView } from './view.ts'

/** Above what a team has: one round trip. */
const WHOLE = 5_000

/** The apps of one of the caller's teams, or of all of them; the newest first. */
export async function listApps(
  { context, caller }: SignedRequest,
  input: z.infer<typeof inputs.appsList>,
): Promise<AppView[]> {
  const all = (await memberships(context.mongo, caller)).map(({ teamId }) => teamId)
  const wanted = input?.teamId
  if (wanted !== undefined && !all.includes(wanted)) throw notFound('team', wanted)
  const teams = wanted === undefined ? all : [wanted]
  const apps = await context.mongo.apps
    .find({ teamId: { $in: teams }, ...appsOf(caller) })
    .batchSize(WHOLE)
    .toArray()
  return apps
    .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime())
    .map((app) => appView(context, app))
}
