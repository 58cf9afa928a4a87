import fc from 'fast-check'
import { MongoClient } from 'mongodb'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ChangeFeed } from '../src/live/change-feed.ts'
import { connectMongo } from '../src/mongo/mongo.ts'
import { PresenceHub } from '../src/presence/presence-hub.ts'
import { publish, runningApp } from './support/apps.ts'
import { ApiError, refused } from './support/client.ts'
import { eventually } from './support/eventually.ts'
import { type Stack, startStack } from './support/stack.ts'
import { visit } from './support/visit.ts'

let stack: Stack
let appid: string
let url: string
beforeAll(async () => {
  stack = await startStack()
  ;({ appid, url } = await runningApp(stack))
})
afterAll(() => stack[Symbol.asyncDispose]())

const answering = (text: string) => `export default () => ${JSON.stringify(text)}`

describe('one draft, several windows', () => {
  test('a save on top of one that was not seen is refused with both texts, and nothing is written', async () => {
    const name = 'typed'
    const { draft } = await stack.api.call('functions.create', { appid, name, source: 'a' })
    const save = (source: string, draftVersion: number, window: string) =>
      stack.api.call('functions.saveDraft', { appid, name, source, baseRevision: 0, draftVersion, window })
    const first = await save('from one', draft.version, 'window-one')
    expect(first.draftVersion).toBe(draft.version + 1)
    expect(await refused(save('from two', draft.version, 'window-two'))).toMatchObject({
      status: 409,
      reason: 'DRAFT_CONFLICT',
      details: {
        name,
        yours: 'from two',
        theirs: 'from one',
        draftVersion: first.draftVersion,
        author: 'owner',
      },
    })
    expect((await stack.api.call('functions.get', { appid, name })).draft.source).toBe('from one')
    await save('merged', first.draftVersion, 'window-two')
    expect((await stack.api.call('functions.get', { appid, name })).draft.source).toBe('merged')
  })

  test('a window whose answer was lost goes on; so does one that sends the very text that is there', async () => {
    const name = 'lost-answer'
    const { draft } = await stack.api.call('functions.create', { appid, name, source: 'a' })
    const save = (source: string, window: string) =>
      stack.api.call('functions.saveDraft', {
        appid,
        name,
        source,
        baseRevision: 0,
        draftVersion: draft.version,
        window,
      })
    await save('b', 'window-one')
    expect((await save('bc', 'window-one')).draftVersion).toBe(draft.version + 2)
    expect((await save('bc', 'window-two')).draftVersion).toBe(draft.version + 3)
  })

  test('without a version the last save stands, as for programs that know no other', async () => {
    const name = 'unversioned'
    await stack.api.call('functions.create', { appid, name, source: 'a' })
    for (const source of ['b', 'c'])
      await stack.api.call('functions.saveDraft', { appid, name, source, baseRevision: 0 })
    expect((await stack.api.call('functions.get', { appid, name })).draft).toMatchObject({
      source: 'c',
      version: 3,
    })
  })

  test('whatever windows do at once, every accepted text was built on the one before it', async () => {
    let round = 0
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 5 }),
        fc.integer({ min: 1, max: 4 }),
        async (windows, edits) => {
          const name = `many${++round}`
          await stack.api.call('functions.create', { appid, name, source: '' })
          const type = async (window: string) => {
            for (let edit = 0; edit < edits; edit++) {
              for (;;) {
                const { draft } = await stack.api.call('functions.get', { appid, name })
                try {
                  await stack.api.call('functions.saveDraft', {
                    appid,
                    name,
                    source: `${draft.source}${window}-${edit}\n`,
                    baseRevision: 0,
                    draftVersion: draft.version,
                    window,
                  })
                  break
                } catch (error) {
                  if (!(error instanceof ApiError) || error.reason !== 'DRAFT_CONFLICT') throw error
                }
              }
            }
          }
          const names = Array.from({ length: windows }, (_, n) => `window-${n}`)
          await Promise.all(names.map(type))
          const { draft } = await stack.api.call('functions.get', { appid, name })
          const lines = draft.source.trim().split('\n')
          const all = names.flatMap((window) => Array.from({ length: edits }, (_, n) => `${window}-${n}`))
          expect(lines.sort()).toEqual(all.sort())
        },
      ),
      { numRuns: 6 },
    )
  })

  test('a publish does not cover a draft that another window saved', async () => {
    const name = 'covered'
    const { draft } = await stack.api.call('functions.create', { appid, name, source: answering('a') })
    const known = { appid, name, baseRevision: 0, draftVersion: draft.version }
    await stack.api.call('functions.saveDraft', { ...known, source: answering('b'), window: 'window-one' })
    const late = { ...known, source: answering('c'), window: 'window-two' }
    expect(await refused(stack.api.call('functions.publish', late))).toMatchObject({
      reason: 'DRAFT_CONFLICT',
      details: { theirs: answering('b') },
    })
    await stack.api.call('functions.publish', { ...late, draftVersion: draft.version + 1 })
    expect((await visit(`${url}/${name}`)).text).toBe('c')
  })
})

describe('publishing several functions', () => {
  const draft = async (name: string, source: string) => {
    await stack.api.call('functions.create', { appid, name, source })
    return { name, baseRevision: 0 }
  }

  test('they become live as one, though each needs the other', async () => {
    const parts = [
      await draft('ring/a', "import { b } from '@/ring/b'\nexport const a = 'a'\nexport default () => a + b"),
      await draft('ring/b', "import { a } from '@/ring/a'\nexport const b = 'b'\nexport default () => a + b"),
    ]
    // Neither can be live alone.
    expect(
      await refused(stack.api.call('functions.publish', { appid, name: 'ring/a', baseRevision: 0 })),
    ).toMatchObject({ reason: 'LOAD_ERROR' })
    const result = await stack.api.call('functions.publishMany', { appid, functions: parts, note: 'a ring' })
    expect(result).toMatchObject({
      functions: [
        { name: 'ring/a', revision: 1 },
        { name: 'ring/b', revision: 1 },
      ],
      replicas: { live: 1, total: 1 },
    })
    expect((await visit(`${url}/ring/a`)).text).toBe('ab')
    expect((await visit(`${url}/ring/b`)).text).toBe('ab')
    expect(await stack.api.call('revisions.list', { appid, name: 'ring/b' })).toMatchObject([
      { revision: 1, note: 'a ring', live: true },
    ])
  })

  test.for([
    ['what does not compile', 'export default (', 'COMPILE_ERROR'],
    ['what cannot be loaded', "import 'not-installed'\nexport default () => 1", 'LOAD_ERROR'],
    ['what is based on a revision that is not live', null, 'CONFLICT'],
  ] as const)('%s keeps all of them back', async ([, broken, reason], { task }) => {
    const good = `all-or-none/${task.id}`.replace(/[^a-z0-9/-]/gi, '')
    await publish(stack, appid, good, answering('before'))
    const bad = `${good}-bad`
    await stack.api.call('functions.create', { appid, name: bad, source: broken ?? answering('x') })
    const call = stack.api.call('functions.publishMany', {
      appid,
      functions: [
        { name: good, baseRevision: 1, source: answering('after') },
        { name: bad, baseRevision: broken === null ? 7 : 0 },
      ],
    })
    expect(await refused(call)).toMatchObject({ reason })
    expect(await stack.api.call('functions.get', { appid, name: good })).toMatchObject({ liveRevision: 1 })
    expect((await visit(`${url}/${good}`)).text).toBe('before')
  })

  test('of two that cross, one wins as a whole', async () => {
    const names = ['cross/a', 'cross/b']
    for (const name of names) await publish(stack, appid, name, answering('0'))
    const attempt = (text: string) =>
      stack.api.call('functions.publishMany', {
        appid,
        functions: names.map((name) => ({ name, baseRevision: 1, source: answering(text) })),
      })
    const results = await Promise.allSettled(['1', '2', '3'].map(attempt))
    const winners = results.flatMap(({ status }, index) =>
      status === 'fulfilled' ? [String(index + 1)] : [],
    )
    expect(winners).toHaveLength(1)
    for (const name of names) expect((await visit(`${url}/${name}`)).text).toBe(winners[0])
  })
})

test('the sources of an app come in pages, drafts and all', async () => {
  const { appid } = await stack.api.call('apps.create', { name: 'sources' })
  const source = `// ${'x'.repeat(900_000)}`
  const names = Array.from({ length: 7 }, (_, n) => `big/${n}`)
  for (const name of names) await stack.api.call('functions.create', { appid, name, source })
  const seen: string[] = []
  let pages = 0
  for (let after: string | undefined; ; pages++) {
    const page = await stack.api.call('functions.sources', { appid, ...(after ? { after } : {}) })
    expect(page.sources.every((one) => one.source === source && one.draftVersion === 1)).toBe(true)
    seen.push(...page.sources.map(({ name }) => name))
    if (page.next === null) break
    after = page.next
  }
  expect(pages).toBeGreaterThan(0)
  expect(seen).toEqual(names)
})

test('what a person chose is kept with the account, and one change leaves the others', async () => {
  expect(await stack.api.call('account.preferences')).toEqual({})
  await stack.api.call('account.setPreferences', { vim: true, fontSize: 15 })
  expect(await stack.api.call('account.setPreferences', { fontSize: 16 })).toEqual({
    vim: true,
    fontSize: 16,
  })
  expect(await refused(stack.api.call('account.setPreferences', { fontSize: 500 }))).toMatchObject({
    reason: 'INVALID_INPUT',
  })
})

describe('presence', () => {
  interface Seen {
    people: { window: string; who: string; you: boolean; functionName: string | null; editing: boolean }[]
    functions: { name: string; draftVersion: number }[]
  }

  /** Follows an app from one window, and keeps what was last heard. */
  function follow(window: string, functionName: string | null) {
    const ended = new AbortController()
    const state: { last: Seen | null } = { last: null }
    const done = (async () => {
      const input = { appid, window, functionName }
      for await (const event of stack.api.subscribe('presence.follow', input, ended.signal))
        state.last = event as Seen
    })().catch(() => {})
    return {
      state,
      leave: async () => {
        ended.abort()
        await done
      },
    }
  }

  test('windows see one another come, move, type and go, and hear of saves', async () => {
    await stack.api.call('functions.create', { appid, name: 'seen', source: 'a' })
    const one = follow('window-one', 'seen')
    await eventually(async () => one.state.last !== null)
    expect(one.state.last?.people).toEqual([])
    const two = follow('window-two', null)
    await eventually(async () => one.state.last?.people[0]?.window === 'window-two')
    await stack.api.call('presence.at', { appid, window: 'window-two', functionName: 'seen', editing: true })
    await eventually(async () => one.state.last?.people[0]?.editing)
    expect(one.state.last?.people).toEqual([
      { window: 'window-two', who: 'owner', you: true, functionName: 'seen', editing: true },
    ])
    await stack.api.call('functions.saveDraft', { appid, name: 'seen', source: 'b', baseRevision: 0 })
    await eventually(async () => two.state.last?.functions[0]?.draftVersion === 2)
    await two.leave()
    await eventually(async () => one.state.last?.people.length === 0)
    await one.leave()
  })

  test('a page hears what kind of thing anybody changes in the app, and nothing of what was refused', async () => {
    const ended = new AbortController()
    const heard: string[] = []
    const input = { appid, window: 'window-new', functionName: null }
    const events = stack.api.subscribe('presence.follow', input, ended.signal)
    await events.next()
    const done = (async () => {
      for await (const event of events) heard.push(...(event as { changed: string[] }).changed)
    })().catch(() => {})
    await refused(stack.api.call('triggers.delete', { appid, id: 'none' }))
    await stack.api.call('env.set', { appid, variables: [{ name: 'KEY', value: 'v', secret: false }] })
    await eventually(async () => heard.includes('env'))
    await stack.api.call('functions.create', { appid, name: 'fresh' })
    await eventually(async () => heard.includes('functions'))
    expect(heard).not.toContain('triggers')
    ended.abort()
    await done
  })

  test('a page that another api process knows is seen too, and one that fell silent is gone', async () => {
    await using other = await connectMongo(stack.lathe.mongoUrl, 'lathe')
    const log = pino({ level: 'silent' })
    await using feed = new ChangeFeed(other, log)
    await using hub = new PresenceHub(other, feed, log)
    const page = follow('window-one', 'seen')
    await eventually(async () => page.state.last !== null)
    const looks = hub.follow(appid, AbortSignal.timeout(30_000))
    expect((await looks.next()).value?.people).toMatchObject([{ window: 'window-one', functionName: 'seen' }])
    await looks.return()
    await page.leave()

    await using client = await new MongoClient(stack.lathe.mongoUrl).connect()
    const stale = { appid, window: 'x', userId: 'x', who: 'x', functionName: null, editing: false }
    await client
      .db('lathe')
      .collection('presence')
      .insertOne({ ...stale, expiresAt: new Date(Date.now() - 1) })
    let last = -1
    for await (const { people } of hub.follow(appid, AbortSignal.timeout(30_000))) {
      last = people.length
      if (last === 0) break
    }
    expect(last).toBe(0)
  })
})
