import { randomUUID } from 'node:crypto'
import type { dependencyInputs, RegistryView } from '@lathe/shared'
import type { z } from 'zod'
import type { RegistryDoc } from '../../mongo/dependency-documents.ts'
import type { Mongo } from '../../mongo/mongo.ts'
import type { TeamRegistry } from '../../packages/registry-config.ts'
import type { SignedRequest } from '../../request-context.ts'
import type { SecretBox } from '../../secret-box.ts'
import { teamOf } from '../teams/scope.ts'

/** The registries of one of the caller's teams; tokens are never shown. */
export async function listRegistries(request: SignedRequest): Promise<RegistryView[]> {
  const teamId = teamOf(request)
  const found = await request.context.mongo.registries.find({ teamId }).sort({ scope: 1 }).toArray()
  return found.map(viewOf)
}

/** Sets a registry for a scope, or for everything else. */
export async function saveRegistry(
  request: SignedRequest,
  input: z.infer<typeof dependencyInputs.registrySave>,
): Promise<RegistryView> {
  const { url, token } = input
  const scope = input.scope ?? ''
  const teamId = teamOf(request)
  const { mongo, secrets } = request.context
  const saved = await mongo.registries.findOneAndUpdate(
    { teamId, scope },
    {
      $setOnInsert: { _id: randomUUID(), ...(token === undefined ? { token: null } : {}) },
      $set: {
        url,
        updatedAt: new Date(),
        updatedBy: request.caller.userId,
        ...(token === undefined
          ? {}
          : { token: token === null ? null : secrets.seal(token, contextOf(teamId, scope)) }),
      },
    },
    { upsert: true, returnDocument: 'after' },
  )
  if (!saved) throw new Error('the registry was not written')
  return viewOf(saved)
}

export async function removeRegistry(
  request: SignedRequest,
  { scope }: z.infer<typeof dependencyInputs.registryRemove>,
): Promise<{ removed: boolean }> {
  const teamId = teamOf(request)
  const { deletedCount } = await request.context.mongo.registries.deleteOne({ teamId, scope: scope ?? '' })
  return { removed: deletedCount > 0 }
}

/** A team's registries with their tokens, for the package manager. */
export async function registriesOf(
  mongo: Mongo,
  secrets: SecretBox,
  teamId: string,
): Promise<TeamRegistry[]> {
  const found = await mongo.registries.find({ teamId }).toArray()
  return found.map(({ scope, url, token }) => ({
    scope: scope === '' ? null : scope,
    url,
    token: token === null ? null : secrets.open(token, contextOf(teamId, scope)),
  }))
}

function contextOf(teamId: string, scope: string): string {
  return `team:${teamId}:registry:${scope}`
}

function viewOf({ scope, url, token, updatedAt }: RegistryDoc): RegistryView {
  return {
    scope: scope === '' ? null : scope,
    url,
    hasToken: token !== null,
    updatedAt: updatedAt.toISOString(),
  }
}
