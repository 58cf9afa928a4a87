import type { teamInputs } from '@lathe/shared'
import type { z } from 'zod'
import { personalSlug } from '../../auth/personal-team.ts'
import { Refusal } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { Semaphore } from '../../semaphore.ts'
import { removeApp } from '../apps/delete.ts'
import { teamDocOf } from './scope.ts'

const AT_ONCE = 4

/**
 * Deletes the team and everything it has, once its name was typed: apps with their databases, tokens, invitations,
 * registries, memberships. The team's own record goes last, so that what was broken off can be done again by its owner.
 */
export async function deleteTeam(
  request: SignedRequest,
  { confirmName }: z.infer<typeof teamInputs.delete>,
): Promise<{ teamId: string }> {
  const { context, caller } = request
  const { mongo } = context
  const team = await teamDocOf(request)
  const { _id: teamId, name, slug } = team
  if (slug === personalSlug(caller.userId)) {
    throw new Refusal('FORBIDDEN', 'Your personal team goes with your account only.')
  }
  if (confirmName !== name) {
    throw new Refusal('CONFIRMATION_MISMATCH', `Type the team's name, ${name}, to delete it.`, {
      expected: name,
    })
  }
  await mongo.apiKeys.deleteMany({ referenceId: teamId })
  await mongo.invitations.deleteMany({ organizationId: teamId })
  await mongo.members.deleteMany({ organizationId: teamId, userId: { $ne: caller.userId } })
  const slots = new Semaphore(AT_ONCE)
  // An app that was being created meanwhile is found by the second look.
  for (let look = 0; look < 2; look++) {
    const apps = await mongo.apps.find({ teamId }).project<{ _id: string }>({ _id: 1 }).toArray()
    await Promise.all(apps.map(({ _id }) => slots.run(() => removeApp(context, _id))))
  }
  await mongo.registries.deleteMany({ teamId })
  await mongo.organizations.deleteOne({ _id: teamId })
  await mongo.members.deleteMany({ organizationId: teamId })
  return { teamId }
}
