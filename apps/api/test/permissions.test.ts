import { type Permission, permissions, roleWithScope, type TeamRole, tokenScopeSchema } from '@lathe/shared'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { appRouter } from '../src/routers/app-router.ts'
import { type Client, client, signIn } from './support/client.ts'
import { type People, peopleOf } from './support/people.ts'
import { permissionsPage } from './support/permissions-page.ts'
import { OWNER, type Stack, startStack } from './support/stack.ts'

const rows = Object.entries(permissions) as [string, Permission][]
/** By path; typed as they are nested, though at run time they are not. */
const procedures = appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>
const roles = ['viewer', 'developer', 'admin', 'owner'] as const
const scopes = tokenScopeSchema.options

type Outcome = 'allowed' | 'UNAUTHENTICATED' | 'FORBIDDEN' | 'NOT_FOUND'
interface Actor {
  headers: Record<string, string>
  /** What the row says becomes of a call by this actor. */
  expected: (row: Permission) => Outcome
}

/** How far down the list of roles or scopes something stands: written apart from what the api decides by. */
const least = (role: TeamRole) => roles.indexOf(role)

function asRole(held: TeamRole): Actor['expected'] {
  return (row) => ('role' in row && least(held) < least(row.role) ? 'FORBIDDEN' : 'allowed')
}

function asToken(scope: (typeof scopes)[number], held: TeamRole): Actor['expected'] {
  const role: TeamRole = ({ read: 'viewer', develop: 'developer', admin: 'admin' } as const)[scope]
  return (row) => {
    if (row.of === 'open') return 'allowed'
    if (row.of !== 'account') return asRole(least(role) < least(held) ? role : held)(row)
    const enough = row.scope !== 'session' && scopes.indexOf(scope) >= scopes.indexOf(row.scope)
    return enough ? 'allowed' : 'FORBIDDEN'
  }
}

describe('the permission matrix', () => {
  let stack: Stack
  let people: People
  let appid: string
  let teamId: string
  const actors = new Map<string, Actor>()

  beforeAll(async () => {
    stack = await startStack()
    people = await peopleOf(stack)
    teamId = (await stack.api.call('teams.list'))[0]!.id
    appid = (await stack.api.call('apps.create', { name: 'matrix' })).appid
    const other = (await stack.api.call('apps.create', { name: 'other' })).appid
    const owner = await signIn(stack.lathe.url, OWNER)
    const add = (name: string, { headers }: Pick<Client, 'headers'>, expected: Actor['expected']) =>
      actors.set(name, { headers, expected })
    const bearer = ({ token }: { token: string }) =>
      client(stack.lathe.url, { authorization: `Bearer ${token}` })

    add('owner', owner, asRole('owner'))
    for (const role of ['viewer', 'developer', 'admin'] as const) {
      const account = await people.account(role)
      await people.join(teamId, role, role)
      add(`${role}, by a token of all scopes`, account, asToken('admin', role))
    }
    for (const scope of scopes) {
      const own = await owner.call('tokens.create', { name: scope, scope })
      add(`the owner's token to ${scope}`, bearer(own), asToken(scope, 'owner'))
      const team = await owner.call('teamTokens.create', { teamId, name: scope, scope })
      add(`the team's token to ${scope}`, bearer(team), asToken(scope, 'admin'))
    }
    const limited = await owner.call('tokens.create', { name: 'limited', apps: [other] })
    add('a token limited to another app', bearer(limited), (row) => {
      if (row.of === 'app') return 'NOT_FOUND'
      return row.of === 'team' ? 'FORBIDDEN' : asToken('admin', 'owner')(row)
    })
    add('owner of another team', await people.account('stranger'), (row) =>
      row.of === 'app' || row.of === 'team' ? 'NOT_FOUND' : asToken('admin', 'owner')(row),
    )
    add('nobody', { headers: {} }, (row) => (row.of === 'open' ? 'allowed' : 'UNAUTHENTICATED'))
    add('a revoked token', { headers: { authorization: 'Bearer lathe_revoked' } }, (row) =>
      row.of === 'open' ? 'allowed' : 'UNAUTHENTICATED',
    )
  })
  afterAll(async () => {
    await people[Symbol.asyncDispose]()
    await stack[Symbol.asyncDispose]()
  })

  /** Names the team and the app, and is invalid in whatever else it may have to say: so nothing is done where it can be helped. */
  function inputFor(row: Permission): Record<string, unknown> {
    const invalid = { name: 7, confirmName: 7, id: 7, email: 7, userId: 7, functionName: 7 }
    if (row.of === 'app') return { ...invalid, appid }
    return row.of === 'team' ? { ...invalid, teamId } : invalid
  }

  async function outcome(name: string, row: Permission, headers: Record<string, string>): Promise<string> {
    const isStream = procedures[name]?._def.type === 'subscription'
    const [, method = '', path] = /^(GET|POST) (.+)$/.exec(name) ?? []
    const response = path
      ? await fetch(`${stack.lathe.url}${path.replace('<appid>', appid).replace('<teamId>', teamId)}`, {
          method,
          headers,
        })
      : await fetch(`${stack.lathe.url}/trpc/${name}`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            ...headers,
            ...(isStream ? { accept: 'text/event-stream' } : {}),
          },
          body: JSON.stringify(inputFor(row)),
        })
    const error = await errorOf(response)
    if (!error) return 'allowed'
    const { reason, details } = error
    if (reason === 'INTERNAL') return 'INTERNAL'
    if (reason === 'UNAUTHENTICATED' || reason === 'FORBIDDEN') return reason
    const hidden = reason === 'NOT_FOUND' && (path || details?.what === 'app' || details?.what === 'team')
    return hidden ? reason : 'allowed'
  }

  test.each(rows)('%s', async (name, row) => {
    const seen: Record<string, string> = {}
    const expected: Record<string, string> = {}
    await Promise.all(
      [...actors].map(async ([who, actor]) => {
        seen[who] = await outcome(name, row, actor.headers)
        expected[who] = actor.expected(row)
      }),
    )
    // Prometheus has tokens only.
    if (name === 'GET /api/metrics') expected.owner = 'UNAUTHENTICATED'
    expect(seen).toEqual(expected)
  })

  test('has a row for every procedure, and no other procedures', () => {
    const named = rows.map(([name]) => name).filter((name) => !name.includes(' '))
    expect(named.sort()).toEqual(Object.keys(procedures).sort())
  })

  test('a cookie alone changes nothing and opens no stream, in any procedure', async () => {
    const { cookie } = (await signIn(stack.lathe.url, OWNER)).headers
    for (const [name, row] of rows) {
      const type = procedures[name]?._def.type
      if (row.of === 'open' || type === undefined || type === 'query') continue
      for (const origin of [{}, { origin: 'http://evil.example' }, { origin: `http://${appid}.localhost` }]) {
        const response = await fetch(`${stack.lathe.url}/trpc/${name}`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            accept: type === 'subscription' ? 'text/event-stream' : '*/*',
            cookie: cookie!,
            ...origin,
          },
          body: JSON.stringify(inputFor(row)),
        })
        expect([name, (await errorOf(response))?.reason]).toEqual([name, 'BAD_ORIGIN'])
      }
    }
  })

  test('is published as docs/PERMISSIONS.md (vitest -u writes it anew)', async () => {
    await expect(permissionsPage()).toMatchFileSnapshot('../../../docs/PERMISSIONS.md')
  })
})

interface RefusalData {
  reason: string
  details?: { what?: string }
}

/** What a call was refused with, or null. A stream is refused by its first event but one that says it is open. */
async function errorOf(response: Response): Promise<RefusalData | null> {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
    if (response.ok) {
      await response.body?.cancel()
      return null
    }
    return ((await response.json()) as { error: { data: RefusalData } }).error.data
  }
  let text = ''
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk
    const [, event, data] = /^event: (?!connected)(.*)\ndata: (.*)\n/m.exec(text) ?? []
    if (event === 'serialized-error') return (JSON.parse(data!) as { data: RefusalData }).data
    if (event !== undefined || /^data: (?!\{"ping|\{\})/m.test(text)) return null
  }
  return null
}

test('a token is never more than its owner, nor more than its scope', () => {
  for (const scope of scopes) {
    for (const held of roles) {
      const role = roleWithScope(held, scope)
      expect(least(role)).toBeLessThanOrEqual(least(held))
      expect(least(role)).toBeLessThanOrEqual(scopes.indexOf(scope) === 2 ? 2 : scopes.indexOf(scope))
    }
  }
})
