import type { DashboardApp, DashboardEvent } from '@lathe/shared'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { RuntimeChannels } from '../src/control/runtime-channels.ts'
import type { Mongo } from '../src/mongo/mongo.ts'
import { readTeam } from '../src/services/dashboard/read.ts'
import { answers, inPhase, publish, runningApp } from './support/apps.ts'
import { ApiError, type Client, client, signIn } from './support/client.ts'
import { type People, peopleOf } from './support/people.ts'
import { OWNER, type Stack, startStack } from './support/stack.ts'
import { visit } from './support/visit.ts'

let stack: Stack
let people: People
let owner: Client
beforeAll(async () => {
  stack = await startStack()
  people = await peopleOf(stack)
  owner = await signIn(stack.lathe.url, OWNER)
})
afterAll(async () => {
  await people[Symbol.asyncDispose]()
  await stack[Symbol.asyncDispose]()
})

const sum = (numbers: number[]) => numbers.reduce((all, one) => all + one, 0)

/** A dashboard as a page keeps it: events laid over one another. */
class Board implements AsyncDisposable {
  readonly apps = new Map<string, DashboardApp>()
  rest: Partial<DashboardEvent> = {}
  #stop = new AbortController()
  #events: AsyncGenerator<unknown, void>

  constructor(who: Client, teamId: string) {
    this.#events = who.subscribe('dashboard.follow', { teamId }, this.#stop.signal)
  }

  /** Reads on until the board looks so. */
  async until(looks: (board: Board) => boolean): Promise<void> {
    while (!looks(this)) {
      const { value, done } = await this.#events.next()
      if (done) throw new Error('the stream ended')
      const { apps, gone, ...rest } = value as DashboardEvent
      for (const app of apps) this.apps.set(app.appid, app)
      for (const appid of gone) this.apps.delete(appid)
      this.rest = { ...this.rest, ...rest }
    }
  }

  async [Symbol.asyncDispose]() {
    this.#stop.abort()
    await this.#events.next().catch(() => {})
  }
}

test('shows apps as they are, and what visitors, colleagues and the platform do to them, as it happens', async () => {
  const app = await runningApp(stack, 'live')
  const { appid, teamId, url } = app
  await publish(stack, appid, 'ok', 'export default () => "fine"')
  await publish(stack, appid, 'broken', 'export default () => { throw new Error("no") }')
  await using board = new Board(owner, teamId)
  await board.until(({ apps }) => apps.get(appid)?.lastPublish?.functionName === 'broken')
  expect(board.apps.get(appid)).toMatchObject({ name: 'live', phase: 'running', functionCount: 2 })
  expect(board.apps.get(appid)!.isolation.length).toBeGreaterThan(0)

  await answers(`${url}/ok`, 'fine')
  await visit(`${url}/broken`)
  await board.until(({ apps }) => sum(apps.get(appid)?.errors ?? []) === 1)
  await board.until(({ apps }) => sum(apps.get(appid)?.requests ?? []) >= 2)
  expect(board.apps.get(appid)!.p95).toBeGreaterThan(0)
  await board.until(({ rest }) => rest.failing?.[0]?.functionName === 'broken')
  expect(board.rest.slow!.map(({ functionName }) => functionName).sort()).toEqual(['broken', 'ok'])

  await stack.api.call('apps.rename', { appid, name: 'renamed' })
  await board.until(({ apps }) => apps.get(appid)?.name === 'renamed')
  await board.until(({ rest }) => rest.activity?.[0]?.action === 'apps.rename')

  await stack.api.call('apps.stop', { appid })
  await board.until(({ apps }) => apps.get(appid)?.phase === 'stopped')
  await inPhase(stack.api, appid, 'stopped')
  await stack.api.call('apps.delete', { appid, confirmName: 'renamed' })
  await board.until(({ apps }) => !apps.has(appid))
})

test('who has an app open is here, and then is not', async () => {
  const { appid, teamId } = await stack.api.call('apps.create', { name: 'visited' })
  await using board = new Board(owner, teamId)
  const open = new AbortController()
  const input = { appid, window: 'window-one', functionName: null }
  const reading = stack.api.subscribe('presence.follow', input, open.signal)
  await reading.next()
  await board.until(({ rest }) => rest.people?.some((one) => one.appid === appid) ?? false)
  open.abort()
  await board.until(({ rest }) => rest.people?.length === 0)
})

test('a stream ends at once for whom is removed, and for a token that is revoked', async () => {
  const { id: teamId } = await owner.call('teams.create', { name: 'leaky' })
  const guest = await people.account('guest')
  await people.join(teamId, 'guest', 'viewer')
  const made = await owner.call('teamTokens.create', { teamId, name: 'wall', scope: 'read' })
  const wall = client(stack.lathe.url, { authorization: `Bearer ${made.token}` })
  const ended = async (who: Client, end: () => Promise<unknown>) => {
    await using board = new Board(who, teamId)
    await board.until(({ rest }) => rest.people !== undefined)
    await end()
    return await board.until(() => false).then(null, (error: unknown) => error)
  }
  const removed = await ended(guest, () => owner.call('members.remove', { teamId, userId: 'guest' }))
  expect(removed).toBeInstanceOf(ApiError)
  expect((removed as ApiError).reason).toBe('NOT_FOUND')
  const revoked = await ended(wall, () => owner.call('teamTokens.revoke', { teamId, id: made.id }))
  expect((revoked as ApiError).reason).toBe('UNAUTHENTICATED')
})

test('a team of 500 apps is read by as many database queries as one of 1, at most 6', async () => {
  const commands: string[] = []
  await using monitored = new MongoClient(stack.lathe.mongoUrl, { monitorCommands: true })
  monitored.on('commandStarted', ({ commandName }) => void commands.push(commandName))
  const db = monitored.db('lathe')
  const mongo = {
    apps: db.collection('apps'),
    metrics: db.collection('metrics'),
    dependencies: db.collection('dependencies'),
    presence: db.collection('presence'),
    audit: db.collection('audit'),
  } as unknown as Mongo
  const [example] = await mongo.apps.find().limit(1).toArray()
  const appid = (n: number) => `q${String(n).padStart(5, '0')}`
  const hour = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000)
  const fill = async (teamId: string, from: number, count: number) => {
    const ids = Array.from({ length: count }, (_, n) => appid(from + n))
    await mongo.apps.insertMany(ids.map((_id) => ({ ...example!, _id, teamId })))
    await mongo.dependencies.insertMany(ids.map((_id) => ({ _id, totalBytes: 1 })) as never)
    await mongo.metrics.insertMany(
      ids.map((id) => ({
        _id: `${id}:counted`,
        appid: id,
        resolution: 'hour',
        functionName: '',
        at: hour,
        requests: 1,
        errors: 0,
        clientErrors: 0,
        latency: {},
        minutes: {},
      })) as never,
    )
    await mongo.presence.insertMany(
      ids.map((id) => ({
        _id: `${id}:u:w`,
        appid: id,
        window: 'w',
        userId: 'u',
        who: 'u',
        functionName: null,
        editing: false,
        expiresAt: new Date(Date.now() + 60_000),
      })),
    )
  }
  await fill('team-of-1', 0, 1)
  await fill('team-of-500', 1, 500)
  const channels = new RuntimeChannels(mongo, null as never, null as never, { child: () => null } as never)
  const env = { LATHE_APPS_DOMAIN: 'localhost', LATHE_CONSOLE_URL: 'http://localhost' } as never
  const queriesFor = async (teamId: string, apps: number) => {
    commands.length = 0
    const look = await readTeam({ mongo, channels, env }, teamId)
    expect(look.apps.size).toBe(apps)
    expect(look.people).toHaveLength(apps)
    return commands.length
  }
  const few = await queriesFor('team-of-1', 1)
  expect(few).toBeLessThanOrEqual(6)
  expect(await queriesFor('team-of-500', 500)).toBe(few)
})
