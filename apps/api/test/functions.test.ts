import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { publish, runningApp } from './support/apps.ts'
import { refused } from './support/client.ts'
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

describe('publishing', () => {
  test('a new function begins with a template that runs, as a draft', async () => {
    const made = await stack.api.call('functions.create', { appid, name: 'hello' })
    expect(made).toMatchObject({
      liveRevision: 0,
      live: null,
      draftDiffers: true,
      draft: { baseRevision: 0 },
    })
    expect((await visit(`${url}/hello`)).status).toBe(404)
    const result = await stack.api.call('functions.publish', { appid, name: 'hello', baseRevision: 0 })
    expect(result).toMatchObject({ revision: 1, replicas: { live: 1, total: 1 } })
    expect(result.liveInMs).toBeGreaterThan(0)
    expect((await visit(`${url}/hello?name=Ann`)).text).toBe('{"hello":"Ann"}')
    expect(await refused(stack.api.call('functions.create', { appid, name: 'hello' }))).toMatchObject({
      reason: 'NAME_TAKEN',
      details: { name: 'hello' },
    })
  })

  test('revisions are kept with source, SHA-256, author and note, and one can be gone back to', async () => {
    await publish(stack, appid, 'history', answering('one'))
    await stack.api.call('functions.publish', {
      appid,
      name: 'history',
      source: answering('two'),
      baseRevision: 1,
      note: 'the second',
    })
    const listed = await stack.api.call('revisions.list', { appid, name: 'history' })
    expect(listed).toMatchObject([
      { revision: 2, live: true, note: 'the second', author: 'owner' },
      { revision: 1, live: false },
    ])
    expect(listed[0]?.sha256).toMatch(/^[0-9a-f]{64}$/)
    const first = await stack.api.call('revisions.get', { appid, name: 'history', revision: 1 })
    expect(first.source).toBe(answering('one'))
    expect(await stack.api.call('revisions.rollback', { appid, name: 'history', revision: 1 })).toMatchObject(
      {
        revision: 3,
      },
    )
    expect((await visit(`${url}/history`)).text).toBe('one')
    const page = await stack.api.call('revisions.list', { appid, name: 'history', before: 3, limit: 1 })
    expect(page.map(({ revision }) => revision)).toEqual([2])
    expect(
      await refused(stack.api.call('revisions.get', { appid, name: 'history', revision: 4 })),
    ).toMatchObject({ reason: 'NOT_FOUND' })
  })

  test('of publishes on the same base exactly one wins; the others get both sources and the base', async () => {
    let round = 0
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 5 }),
        async (texts) => {
          const name = `race${++round}`
          await publish(stack, appid, name, answering('base'))
          const results = await Promise.allSettled(
            texts.map((text) =>
              stack.api.call('functions.publish', { appid, name, source: answering(text), baseRevision: 1 }),
            ),
          )
          const winners = results.flatMap((result, index) => (result.status === 'fulfilled' ? [index] : []))
          expect(winners).toHaveLength(1)
          const won = answering(texts[winners[0]!]!)
          const live = await stack.api.call('functions.get', { appid, name })
          expect(live.live).toMatchObject({ revision: 2, source: won })
          for (const [index, result] of results.entries()) {
            if (result.status === 'fulfilled') continue
            expect(result.reason).toMatchObject({
              status: 409,
              reason: 'CONFLICT',
              details: {
                baseRevision: 1,
                liveRevision: 2,
                yours: answering(texts[index]!),
                theirs: won,
                base: answering('base'),
                author: 'owner',
              },
            })
          }
          expect((await visit(`${url}/${name}`)).text).toBe(texts[winners[0]!])
        },
      ),
      { numRuns: 8 },
    )
  })

  test('whatever is published on the right base, in whatever order, what answers is what is live', async () => {
    const live = new Map<string, number>()
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('s/a', 's/b', 's/c'), fc.string(), async (name, text) => {
        const { revision } = await publish(stack, appid, name, answering(text))
        expect(revision).toBe((live.get(name) ?? 0) + 1)
        live.set(name, revision)
        expect((await visit(`${url}/${name}`)).text).toBe(text)
      }),
      { numRuns: 30 },
    )
  })

  test('steady visitors see the old revision or the new one, never neither', async () => {
    await publish(stack, appid, 'steady', answering('0'))
    const seen: string[] = []
    let publishing = true
    const visitors = Array.from({ length: 4 }, async () => {
      while (publishing) {
        const { status, text } = await visit(`${url}/steady`)
        seen.push(status === 200 ? text : `${status} ${text}`)
      }
    })
    for (let n = 1; n <= 20; n++) await publish(stack, appid, 'steady', answering(String(n)))
    publishing = false
    await Promise.all(visitors)
    expect(seen.filter((text) => !/^\d+$/.test(text))).toEqual([])
    expect(seen.length).toBeGreaterThan(20)
  })
})

describe('drafts', () => {
  test('are kept on the server with their base, and say whether they differ from what is live', async () => {
    await publish(stack, appid, 'draft', answering('live'))
    const saved = await stack.api.call('functions.saveDraft', {
      appid,
      name: 'draft',
      source: 'typing {',
      baseRevision: 1,
    })
    expect(saved).toMatchObject({ draftDiffers: true, baseRevision: 1, updatedBy: 'owner' })
    const found = await stack.api.call('functions.get', { appid, name: 'draft' })
    expect(found.draft).toMatchObject({ source: 'typing {', baseRevision: 1 })
    expect((await visit(`${url}/draft`)).text).toBe('live')
    const back = { appid, name: 'draft', source: answering('live'), baseRevision: 1 }
    expect(await stack.api.call('functions.saveDraft', back)).toMatchObject({ draftDiffers: false })
  })

  test('on a base that is no longer live are refused with both sources, and nothing is lost', async () => {
    await publish(stack, appid, 'stale', answering('one'))
    await publish(stack, appid, 'stale', answering('two'))
    const late = { appid, name: 'stale', source: 'mine', baseRevision: 1 }
    expect(await refused(stack.api.call('functions.saveDraft', late))).toMatchObject({
      reason: 'CONFLICT',
      details: { yours: 'mine', theirs: answering('two'), base: answering('one') },
    })
  })

  test('a rollback leaves unpublished text where it is', async () => {
    await publish(stack, appid, 'keep', answering('one'))
    await publish(stack, appid, 'keep', answering('two'))
    await stack.api.call('functions.saveDraft', { appid, name: 'keep', source: 'precious', baseRevision: 2 })
    await stack.api.call('revisions.rollback', { appid, name: 'keep', revision: 1 })
    const found = await stack.api.call('functions.get', { appid, name: 'keep' })
    expect(found).toMatchObject({
      liveRevision: 3,
      draftDiffers: true,
      draft: { source: 'precious', baseRevision: 2 },
    })
  })
})

describe('names', () => {
  test('a rename moves the address at once and keeps the revisions', async () => {
    await publish(stack, appid, 'old/name', answering('here'))
    await publish(stack, appid, 'old/name', answering('there'))
    const renamed = await stack.api.call('functions.rename', { appid, name: 'old/name', newName: 'new' })
    expect(renamed).toMatchObject({ name: 'new', liveRevision: 2, url: `${url}/new` })
    expect((await visit(`${url}/new`)).text).toBe('there')
    expect((await visit(`${url}/old/name`)).status).toBe(404)
    expect(await stack.api.call('revisions.list', { appid, name: 'new' })).toHaveLength(2)
    await publish(stack, appid, 'taken', answering('taken'))
    const onto = { appid, name: 'new', newName: 'taken' }
    expect(await refused(stack.api.call('functions.rename', onto))).toMatchObject({ reason: 'NAME_TAKEN' })
    expect((await visit(`${url}/taken`)).text).toBe('taken')
  })

  test('a folder moves as one change, with the relative imports inside of it', async () => {
    await publish(stack, appid, 'box/name', 'export const name = "boxed"\nexport default () => name')
    await publish(stack, appid, 'box/says', 'import { name } from "./name"\nexport default () => name')
    await stack.api.call('functions.create', { appid, name: 'box/draft' })
    const moves = ['name', 'says', 'draft'].map((one) => ({ name: `box/${one}`, newName: `crate/${one}` }))
    const moved = await stack.api.call('functions.renameMany', { appid, moves })
    expect(moved.map(({ name, liveRevision }) => [name, liveRevision])).toEqual([
      ['crate/name', 1],
      ['crate/says', 1],
      ['crate/draft', 0],
    ])
    expect((await visit(`${url}/crate/says`)).text).toBe('boxed')
    expect((await visit(`${url}/box/says`)).status).toBe(404)

    // Names can be exchanged.
    const exchange = [
      { name: 'crate/name', newName: 'crate/draft' },
      { name: 'crate/draft', newName: 'crate/name' },
    ]
    expect(await refused(stack.api.call('functions.renameMany', { appid, moves: exchange }))).toMatchObject({
      reason: 'LOAD_ERROR', // crate/says imports the one that lives
    })
    await stack.api.call('functions.delete', { appid, name: 'crate/says' })
    await stack.api.call('functions.renameMany', { appid, moves: exchange })
    expect((await visit(`${url}/crate/draft`)).text).toBe('boxed')
    expect((await visit(`${url}/crate/name`)).status).toBe(404)
  })

  test('when one of several cannot move, none does', async () => {
    await publish(stack, appid, 'two/a', answering('a'))
    await publish(stack, appid, 'two/b', answering('b'))
    await publish(stack, appid, 'there/b', answering('in the way'))
    const moves = ['a', 'b'].map((one) => ({ name: `two/${one}`, newName: `there/${one}` }))
    const call = (given: typeof moves) =>
      refused(stack.api.call('functions.renameMany', { appid, moves: given }))
    expect(await call(moves)).toMatchObject({ reason: 'NAME_TAKEN' })
    expect(await call([moves[0]!, { name: 'two/none', newName: 'there/none' }])).toMatchObject({
      reason: 'NOT_FOUND',
    })
    expect(await call([moves[0]!, { name: 'two/b', newName: 'there/a' }])).toMatchObject({
      reason: 'INVALID_INPUT',
    })
    expect(await call([])).toMatchObject({ reason: 'INVALID_INPUT' })
    for (const one of ['a', 'b']) expect((await visit(`${url}/two/${one}`)).text).toBe(one)
    expect((await visit(`${url}/there/a`)).status).toBe(404)
  })

  test('what others import cannot be renamed or deleted under them', async () => {
    await publish(
      stack,
      appid,
      'lib/format',
      'export const format = (x) => "<" + x + ">"\nexport default () => format(1)',
    )
    await publish(
      stack,
      appid,
      'uses',
      'import { format } from "@/lib/format"\nexport default () => format(2)',
    )
    const rename = stack.api.call('functions.rename', { appid, name: 'lib/format', newName: 'lib/other' })
    expect(await refused(rename)).toMatchObject({ reason: 'LOAD_ERROR' })
    const gone = stack.api.call('functions.delete', { appid, name: 'lib/format' })
    expect(await refused(gone)).toMatchObject({ reason: 'LOAD_ERROR' })
    expect((await visit(`${url}/uses`)).text).toBe('<2>')
  })

  test('a deleted function stops answering, frees its name, and comes back with its history', async () => {
    await publish(stack, appid, 'bin', answering('first'))
    await publish(stack, appid, 'bin', answering('second'))
    const deleted = await stack.api.call('functions.delete', { appid, name: 'bin' })
    expect((await visit(`${url}/bin`)).status).toBe(404)
    expect(await stack.api.call('functions.deleted', { appid })).toContainEqual(deleted)

    await publish(stack, appid, 'bin', answering('another'))
    expect((await visit(`${url}/bin`)).text).toBe('another')
    expect(await refused(stack.api.call('functions.restore', { appid, id: deleted.id }))).toMatchObject({
      reason: 'NAME_TAKEN',
    })
    const back = await stack.api.call('functions.restore', { appid, id: deleted.id, newName: 'bin2' })
    expect(back).toMatchObject({ name: 'bin2', liveRevision: 2 })
    expect((await visit(`${url}/bin2`)).text).toBe('second')
    expect((await visit(`${url}/bin`)).text).toBe('another')
    expect(await stack.api.call('revisions.list', { appid, name: 'bin2' })).toHaveLength(2)
    expect(await stack.api.call('functions.deleted', { appid })).not.toContainEqual(deleted)
  })

  test('the app counts its functions', async () => {
    const { functionCount } = await stack.api.call('apps.get', { appid })
    expect(functionCount).toBe((await stack.api.call('functions.list', { appid })).length)
  })
})

test('settings are in force when the update answers', async () => {
  await publish(stack, appid, 'settings', 'export default async () => { await new Promise(() => {}) }')
  await stack.api.call('functions.update', {
    appid,
    name: 'settings',
    timeoutMs: 50,
    methods: ['POST'],
    description: 'never ends',
    tags: ['slow'],
  })
  expect((await visit(`${url}/settings`)).status).toBe(405)
  expect((await visit(`${url}/settings`, { method: 'POST' })).status).toBe(504)
  expect(await stack.api.call('functions.get', { appid, name: 'settings' })).toMatchObject({
    liveRevision: 1,
    timeoutMs: 50,
    methods: ['POST'],
    description: 'never ends',
    tags: ['slow'],
  })
})
