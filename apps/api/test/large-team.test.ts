import { randomBytes } from 'node:crypto'
import {
  type AppView,
  appidFrom,
  type DashboardEvent,
  type MembersPage,
  type MemberView,
} from '@lathe/shared'
import fc from 'fast-check'
import type { Document } from 'mongodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SharedReads } from '../src/shared-reads.ts'
import { type Client, client, signIn } from './support/client.ts'
import { type People, peopleOf } from './support/people.ts'
import { refused } from './support/refused.ts'
import { OWNER, type Stack, startStack } from './support/stack.ts'

const APPS = 2_000
const MEMBERS = 10_000
let stack: Stack
let people: People
let owner: Client
let teamId: string
/** Of the apps, the newest first. */
let appids: string[]

beforeAll(async () => {
  stack = await startStack()
  people = await peopleOf(stack)
  owner = await signIn(stack.lathe.url, OWNER)
  ;({ id: teamId } = await owner.call('teams.create', { name: 'the whole company' }))
  const collection = (name: string) => people.mongo.db('lathe').collection<Document & { _id: string }>(name)
  // As if they had been made one by one, which would take minutes.
  const first = await stack.api.call('apps.create', { name: 'model', teamId })
  const model = (await collection('apps').findOne({ _id: first.appid }))!
  const copies = Array.from({ length: APPS - 1 }, (_, n) => ({
    ...model,
    _id: appidFrom(randomBytes(6)),
    name: n % 100 === 7 ? `Shop ${n}` : `app ${n}`,
    state: 'stopped',
    phase: 'stopped',
    // Several of the same moment: their order must hold from page to page.
    createdAt: new Date(Date.UTC(2026, 0, 1) + Math.floor(n / 7) * 1000),
  }))
  await collection('apps').insertMany(copies)
  const order = (a: (typeof copies)[0], b: (typeof copies)[0]) =>
    b.createdAt.getTime() - a.createdAt.getTime() || (a._id < b._id ? 1 : -1)
  appids = [first.appid, ...copies.sort(order).map(({ _id }) => _id)]
  const ids = Array.from({ length: MEMBERS - 1 }, (_, n) => `m${String(n).padStart(6, '0')}`)
  const at = { createdAt: new Date(), updatedAt: new Date() }
  await collection('user').insertMany(
    ids.map((_id, n) => ({
      _id,
      email: `${_id}@example.com`,
      name: n % 500 === 3 ? `Ünal ${n}` : _id,
      ...at,
    })),
  )
  await collection('member').insertMany(
    ids.map((userId) => ({ _id: `~${userId}`, organizationId: teamId, userId, role: 'viewer', ...at })),
  )
}, 60_000)
afterAll(async () => {
  await people[Symbol.asyncDispose]()
  await stack[Symbol.asyncDispose]()
})

const idsOf = (apps: AppView[]) => apps.map(({ appid }) => appid)

describe('2,000 apps', () => {
  test('come whole without further words, the newest first', async () => {
    expect(idsOf(await owner.call('apps.list', { teamId }))).toEqual(appids)
    expect(idsOf((await owner.call('apps.list')).filter((app) => app.teamId === teamId))).toEqual(appids)
  })

  test('come page by page, each once and in the same order', async () => {
    const seen: string[] = []
    for (let after: string | undefined; ; after = seen.at(-1)) {
      const page = await owner.call('apps.list', { teamId, limit: 499, ...(after ? { after } : {}) })
      seen.push(...idsOf(page))
      if (page.length < 499) break
    }
    expect(seen).toEqual(appids)
  })

  test('are found by a part of a name, in any case, or by the appid; what is typed is no pattern', async () => {
    const shops = await owner.call('apps.list', { teamId, search: 'sHOP', limit: 500 })
    expect(shops).toHaveLength(APPS / 100)
    expect(shops.every(({ name }) => name.startsWith('Shop '))).toBe(true)
    expect(idsOf(await owner.call('apps.list', { teamId, search: appids[7]! }))).toEqual([appids[7]])
    expect(await owner.call('apps.list', { teamId, search: '.*' })).toEqual([])
  })

  test('stay hidden from strangers and from tokens that are limited to others', async () => {
    const stranger = await people.account('stranger')
    expect(await refused(stranger.call('apps.list', { teamId, limit: 5 }))).toMatchObject({
      reason: 'NOT_FOUND',
    })
    const own = await stranger.call('apps.list', { search: 'app', limit: 5 })
    expect(own).toEqual([])
    expect(await refused(stranger.call('apps.list', { after: appids[3]! }))).toMatchObject({
      reason: 'NOT_FOUND',
    })
    const { token } = await owner.call('tokens.create', { name: 'two', apps: [appids[5]!, appids[9]!] })
    const limited = client(stack.lathe.url, { authorization: `Bearer ${token}` })
    expect(idsOf(await limited.call('apps.list'))).toEqual([appids[5], appids[9]])
    expect(idsOf(await limited.call('apps.list', { limit: 1, after: appids[5]! }))).toEqual([appids[9]])
    expect(await refused(limited.call('apps.list', { after: appids[0]! }))).toMatchObject({
      reason: 'NOT_FOUND',
    })
  })

  test('are told as they are to whoever asks after a change, however many ask at once', async () => {
    const appid = appids[20]!
    let over = false
    const crowd = Array.from({ length: 4 }, async () => {
      while (!over) await owner.call('apps.list', { teamId })
    })
    try {
      for (let n = 0; n < 3; n++) {
        await owner.call('apps.rename', { appid, name: `renamed ${n}` })
        const lists = await Promise.all([1, 2, 3].map(() => owner.call('apps.list', { teamId })))
        for (const list of lists) {
          expect(list.find((app) => app.appid === appid)).toMatchObject({ name: `renamed ${n}` })
        }
      }
    } finally {
      over = true
      await Promise.all(crowd)
    }
  }, 60_000)

  test('stand on the dashboard, all in its first event, without what no card shows', async () => {
    const stop = new AbortController()
    const events = owner.subscribe('dashboard.follow', { teamId }, stop.signal)
    const { value } = await events.next()
    stop.abort()
    const { apps } = value as DashboardEvent
    expect(apps.map(({ appid }) => appid).sort()).toEqual(appids.toSorted())
    expect(apps[0]).not.toHaveProperty('settings')
    expect(apps.find(({ appid }) => appid === appids[1])).toMatchObject({ requests: [], errors: [] })
    expect(JSON.stringify(apps).length / APPS).toBeLessThan(400)
  })
})

describe('10,000 members', () => {
  const pagesOf = async (search: string) => {
    const pages: MemberView[][] = []
    for (let cursor: string | null = null; ; ) {
      const page: MembersPage = await owner.call('members.list', {
        teamId,
        search,
        limit: 100,
        ...(cursor ? { cursor } : {}),
      })
      pages.push(page.members)
      if (page.next === null) return pages
      cursor = page.next
    }
  }

  test('come page by page, each once', async () => {
    const pages = await pagesOf('')
    expect(pages.length).toBe(MEMBERS / 100)
    expect(new Set(pages.flat().map(({ userId }) => userId)).size).toBe(MEMBERS)
    expect((await owner.call('teams.get', { teamId })).counts).toMatchObject({ members: MEMBERS, apps: APPS })
  }, 30_000)

  test('are found wherever they stand in the list', async () => {
    const found = (await pagesOf('ünal')).flat()
    expect(found).toHaveLength(20)
    expect(found.every(({ name }) => name.startsWith('Ünal '))).toBe(true)
    expect((await pagesOf('m009998@')).flat().map(({ userId }) => userId)).toEqual(['m009998'])
  })
})

describe('tokens', () => {
  test('are bounded, so that their list is', async () => {
    const template = await people.mongo.db('lathe').collection('apikey').findOne({})
    const at = Array.from({ length: 500 }, (_, n) => ({
      ...template,
      _id: `many-${n}`,
      key: `hash-${n}`,
      referenceId: teamId,
      teamId,
    }))
    await people.mongo.db('lathe').collection<{ _id: string }>('apikey').insertMany(at)
    expect(await refused(owner.call('teamTokens.create', { teamId, name: 'one more' }))).toMatchObject({
      reason: 'LIMIT_REACHED',
      details: { limit: 500 },
    })
    await owner.call('teamTokens.revoke', { teamId, id: 'many-7' })
    await owner.call('teamTokens.create', { teamId, name: 'fits' })
  })
})

test('a shared read begins after whoever gets it asked, also where reads fail', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.record({ key: fc.constantFrom('a', 'b'), fails: fc.boolean() }), { maxLength: 30 }),
      async (scheduler, asks) => {
        const reads = new SharedReads()
        let now = 0
        let running = 0
        const results = asks.map(({ key, fails }, index) =>
          scheduler.schedule(Promise.resolve(), `ask ${index}`).then(async () => {
            const askedAt = now++
            const read = async () => {
              const begunAt = now++
              running++
              await scheduler.schedule(Promise.resolve(), `read ${key}`)
              running--
              if (fails) throw new Error(String(begunAt))
              return begunAt
            }
            const begunAt = await reads.read(key, read).catch((error: Error) => Number(error.message))
            expect(begunAt).toBeGreaterThan(askedAt)
            expect(running).toBeLessThanOrEqual(2)
          }),
        )
        await scheduler.waitFor(Promise.all(results))
      },
    ),
  )
})
