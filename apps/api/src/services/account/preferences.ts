import type { Preferences } from '@lathe/shared'
import { repeatable } from '../../mongo/errors.ts'
import type { SignedRequest } from '../../request-context.ts'

/** What the caller chose for the console, on whatever device; what was never chosen is missing. */
export async function preferences({ context, caller }: SignedRequest): Promise<Partial<Preferences>> {
  const found = await context.mongo.preferences.findOne({ _id: caller.userId })
  return found?.chosen ?? {}
}

/** Changes some of them; the others stay. */
export async function setPreferences(
  request: SignedRequest,
  change: { [K in keyof Preferences]?: Preferences[K] | undefined },
): Promise<Partial<Preferences>> {
  const { context, caller } = request
  const set = Object.fromEntries(
    Object.entries(change)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [`chosen.${key}`, value]),
  )
  if (Object.keys(set).length > 0) {
    await repeatable(() =>
      context.mongo.preferences.updateOne({ _id: caller.userId }, { $set: set }, { upsert: true }),
    )
  }
  return preferences(request)
}
