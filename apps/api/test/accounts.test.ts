import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { settingsSchema } from '@lathe/shared'
import { type Lathe, startLathe } from '@lathe/supervisor'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { publish, runningApp } from './support/apps.ts'
import { type ApiError, type Client, client, refused, signIn } from './support/client.ts'
import { type People, peopleOf } from './support/people.ts'
import { OWNER, type Stack, startStack } from './support/stack.ts'

describe.skipIf(process.env.MONGODB_URL !== undefined)('the first run', () => {
  const person = { email: 'Ann@Example.com', password: 'a good password', name: 'Ann' }
  let data: string
  let lathe: Lathe
  const start = () => startLathe(settingsSchema.parse({ LATHE_PORT: '0', LATHE_DATA: data }))
  const tokenOf = ({ signInLink }: Lathe) => new URL(signInLink!).searchParams.get('token')!
  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 'lathe-first-'))
    lathe = await start()
  })
  afterAll(async () => {
    await lathe[Symbol.asyncDispose]()
    await rm(data, { recursive: true, force: true })
  })

  test('prints a one-time link, which a new start replaces by a new one', async () => {
    const first = tokenOf(lathe)
    await lathe[Symbol.asyncDispose]()
    lathe = await start()
    expect(lathe.signInLink).toMatch(new RegExp(`^${lathe.url}/setup\\?token=[\\w-]{43}$`))
    const nobody = client(lathe.url, {})
    expect(await nobody.call('setup.status')).toEqual({ needed: true })
    const old = nobody.call('setup.complete', { ...person, token: first })
    expect(await refused(old)).toMatchObject({ reason: 'UNAUTHENTICATED', status: 401 })
  })

  test('a link is worth nothing but its token, and bad input does not use it up', async () => {
    const nobody = client(lathe.url, {})
    const short = nobody.call('setup.complete', { ...person, token: tokenOf(lathe), password: 'short' })
    expect(await refused(short)).toMatchObject({ reason: 'INVALID_INPUT' })
    const guess = nobody.call('setup.complete', { ...person, token: randomBytes(32).toString('base64url') })
    expect(await refused(guess)).toMatchObject({ reason: 'UNAUTHENTICATED' })
    expect(await nobody.call('setup.status')).toEqual({ needed: true })
  })

  test('of many who use the link at once one becomes the owner, signed in, with a personal team', async () => {
    const token = tokenOf(lathe)
    const attempts = await Promise.allSettled(
      Array.from({ length: 5 }, (_, n) =>
        client(lathe.url, {}).call('setup.complete', { ...person, email: `p${n}@example.com`, token }),
      ),
    )
    const winners = attempts.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    expect(winners).toHaveLength(1)
    const session = await signIn(lathe.url, { email: winners[0]!.email, password: person.password })
    expect(await session.call('account.me')).toEqual(winners[0])
    expect(await session.call('teams.list')).toMatchObject([{ name: 'Ann', role: 'owner', personal: true }])
    expect(await session.call('setup.status')).toEqual({ needed: false })
    const again = client(lathe.url, {}).call('setup.complete', { ...person, token })
    expect(await refused(again)).toMatchObject({ reason: 'UNAUTHENTICATED' })
  })

  test('a start with an account prints no link', async () => {
    await lathe[Symbol.asyncDispose]()
    lathe = await start()
    expect(lathe.signInLink).toBeNull()
  })
})

test('completing the setup signs in by a session cookie', async () => {
  const data = await mkdtemp(join(tmpdir(), 'lathe-cookie-'))
  await using lathe = await startLathe(settingsSchema.parse({ LATHE_PORT: '0', LATHE_DATA: data }))
  const token = new URL(lathe.signInLink!).searchParams.get('token')
  const response = await fetch(`${lathe.url}/trpc/setup.complete`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: lathe.url },
    body: JSON.stringify({ token, email: 'a@example.com', password: 'a good password', name: 'A' }),
  })
  const cookie = response.headers.getSetCookie()[0]!.split(';')[0]!
  const me = await client(lathe.url, { cookie, origin: lathe.url }).call('account.me')
  expect(me).toMatchObject({ email: 'a@example.com' })
})

describe('teams', () => {
  let stack: Stack
  let people: People
  let stranger: Client
  beforeAll(async () => {
    stack = await startStack()
    people = await peopleOf(stack)
    stranger = await people.account('stranger')
  })
  afterAll(async () => {
    await people[Symbol.asyncDispose]()
    await stack[Symbol.asyncDispose]()
  })

  test('somebody else’s app is NOT_FOUND in every procedure, like one that does not exist', async () => {
    const { appid } = await runningApp(stack, 'private')
    await publish(stack, appid, 'hello', 'export default () => 1')
    await publish(stack, appid, 'gone', 'export default () => 1')
    const { id } = await stack.api.call('functions.delete', { appid, name: 'gone' })
    const attempts = (who: Client, app: string): Promise<unknown>[] => [
      who.call('apps.get', { appid: app }),
      who.call('apps.rename', { appid: app, name: 'mine' }),
      who.call('apps.start', { appid: app }),
      who.call('apps.stop', { appid: app }),
      who.call('apps.restart', { appid: app }),
      who.call('apps.delete', { appid: app, confirmName: 'private' }),
      who.call('functions.list', { appid: app }),
      who.call('functions.get', { appid: app, name: 'hello' }),
      who.call('functions.create', { appid: app, name: 'other' }),
      who.call('functions.saveDraft', { appid: app, name: 'hello', source: 'x', baseRevision: 1 }),
      who.call('functions.publish', { appid: app, name: 'hello', source: 'x', baseRevision: 1 }),
      who.call('functions.rename', { appid: app, name: 'hello', newName: 'x' }),
      who.call('functions.delete', { appid: app, name: 'hello' }),
      who.call('functions.deleted', { appid: app }),
      who.call('functions.restore', { appid: app, id }),
      who.call('functions.update', { appid: app, name: 'hello', timeoutMs: 100 }),
      who.call('revisions.list', { appid: app, name: 'hello', limit: 5 }),
      who.call('revisions.get', { appid: app, name: 'hello', revision: 1 }),
      who.call('revisions.rollback', { appid: app, name: 'hello', revision: 1 }),
      who.subscribe('runs.execute', { appid: app, name: 'hello' }).next(),
      who.subscribe('logs.tail', { appid: app }).next(),
      who.call('logs.query', { appid: app }),
      who.call('invocations.list', { appid: app }),
      who.call('invocations.get', { appid: app, requestId: 'one' }),
      who.call('metrics.series', { appid: app, from: '2026-01-01T00:00:00Z' }),
      who.call('metrics.functions', { appid: app, from: '2026-01-01T00:00:00Z' }),
    ]
    const foreign = await Promise.all(attempts(stranger, appid).map(refused))
    const missing = await Promise.all(attempts(stack.api, 'zzzzzz').map(refused))
    const seen = (errors: ApiError[]) =>
      errors.map(({ status, reason, message }) => ({
        status,
        reason,
        message: message.replace(/app \w+/, 'app'),
      }))
    expect(new Set(seen(foreign).map(({ reason }) => reason))).toEqual(new Set(['NOT_FOUND']))
    expect(seen(foreign)).toEqual(seen(missing))
    expect(await stranger.call('apps.list')).toEqual([])
    expect(await stranger.call('metrics.recent')).toEqual([])
    expect(await stack.api.call('functions.get', { appid, name: 'hello' })).toMatchObject({ liveRevision: 1 })
  })

  test('a team that is not the caller’s takes no app, and is not listed', async () => {
    const teamId = 'team-stranger'
    expect(await refused(stack.api.call('apps.create', { name: 'x', teamId }))).toMatchObject({
      reason: 'NOT_FOUND',
    })
    expect(await refused(stack.api.call('apps.list', { teamId }))).toMatchObject({ reason: 'NOT_FOUND' })
  })

  test('a team cannot be deleted from under its apps', async () => {
    const session = await signIn(stack.lathe.url, OWNER)
    const [team] = await session.call('teams.list')
    const response = await fetch(`${stack.lathe.url}/api/auth/organization/delete`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...session.headers },
      body: JSON.stringify({ organizationId: team!.id }),
    })
    expect(response.ok).toBe(false)
    expect(await session.call('teams.list')).toContainEqual(team)
  })

  test('roles: a viewer reads, a developer writes, an admin deletes', async () => {
    const viewer = await people.account('viewer')
    const developer = await people.account('developer')
    const [team] = await stack.api.call('teams.list')
    const { appid } = await stack.api.call('apps.create', { name: 'shared' })
    for (const role of ['viewer', 'developer'] as const) await people.join(team!.id, role, role)
    expect(await viewer.call('teams.list')).toContainEqual({
      ...team,
      role: 'viewer',
      personal: false,
    })
    expect(await viewer.call('apps.get', { appid })).toMatchObject({ name: 'shared' })
    const forbidden = [
      viewer.call('functions.create', { appid, name: 'f' }),
      viewer.call('apps.stop', { appid }),
      viewer.call('apps.create', { name: 'x', teamId: team!.id }),
      developer.call('apps.delete', { appid, confirmName: 'shared' }),
    ]
    for (const error of await Promise.all(forbidden.map(refused)))
      expect(error).toMatchObject({ reason: 'FORBIDDEN', status: 403 })
    expect(await developer.call('functions.create', { appid, name: 'f' })).toMatchObject({ name: 'f' })
    await people.leave(team!.id, 'developer')
    expect(await refused(developer.call('apps.get', { appid }))).toMatchObject({ reason: 'NOT_FOUND' })
  })

  test('somebody else’s token cannot be revoked, an expired one does not work', async () => {
    const mine = await stack.api.call('tokens.create', { name: 'mine', expiresInDays: 1 })
    expect(await refused(stranger.call('tokens.revoke', { id: mine.id }))).toMatchObject({
      reason: 'NOT_FOUND',
    })
    const me = client(stack.lathe.url, { authorization: `Bearer ${mine.token}` })
    expect(await me.call('account.me')).toMatchObject({ email: OWNER.email })
    await people.mongo
      .db('lathe')
      .collection<{ _id: string }>('apikey')
      .updateOne({ _id: mine.id }, { $set: { expiresAt: new Date(Date.now() - 1) } })
    expect(await refused(me.call('account.me'))).toMatchObject({ reason: 'UNAUTHENTICATED' })
  })

  test('another’s unpublished draft survives one’s own publish, and then asks for a merge', async () => {
    const { appid } = await runningApp(stack, 'two of us')
    const [team] = await stack.api.call('teams.list')
    await people.join(team!.id, 'stranger', 'developer')
    await publish(stack, appid, 'f', 'export default () => "base"')
    await stranger.call('functions.saveDraft', { appid, name: 'f', source: 'theirs', baseRevision: 1 })
    await publish(stack, appid, 'f', 'export default () => "mine"')
    const found = await stranger.call('functions.get', { appid, name: 'f' })
    expect(found).toMatchObject({
      liveRevision: 2,
      draftDiffers: true,
      draft: { source: 'theirs', baseRevision: 1, updatedBy: 'stranger' },
    })
    const late = stranger.call('functions.publish', {
      appid,
      name: 'f',
      baseRevision: found.draft.baseRevision,
    })
    expect(await refused(late)).toMatchObject({
      reason: 'CONFLICT',
      details: {
        yours: 'theirs',
        theirs: 'export default () => "mine"',
        base: 'export default () => "base"',
      },
    })
  })
})
