import { afterAll, beforeAll, expect, test } from 'vitest'
import { publish, runningApp } from './support/apps.ts'
import type { Client } from './support/client.ts'
import { type People, peopleOf } from './support/people.ts'
import { refused } from './support/refused.ts'
import { type Stack, startStack } from './support/stack.ts'

let stack: Stack
let people: People
let colleague: Client
let appid: string
let teamId: string
beforeAll(async () => {
  stack = await startStack()
  people = await peopleOf(stack)
  ;({ appid, teamId } = await runningApp(stack, 'talk'))
  colleague = await people.account('colleague')
  await people.join(teamId, 'colleague', 'developer')
  await publish(stack, appid, 'hello', 'export default () => 1')
})
afterAll(async () => {
  await people[Symbol.asyncDispose]()
  await stack[Symbol.asyncDispose]()
})

const place = () => ({ appid, name: 'hello', revision: 1 })

test('colleagues talk about a revision; each changes and deletes his own alone', async () => {
  const text = 'ok? ‮مرحبا 👋 <b>'
  const first = await stack.api.call('comments.add', { ...place(), text })
  const second = await colleague.call('comments.add', { ...place(), text: ' yes ' })
  expect(await stack.api.call('comments.list', place())).toMatchObject([
    { text, own: true, editedAt: null },
    { text: 'yes', own: false, who: 'colleague' },
  ])
  const edit = { appid, id: second.id, text: 'no' }
  expect(await refused(stack.api.call('comments.edit', edit))).toMatchObject({ reason: 'NOT_FOUND' })
  expect(await refused(stack.api.call('comments.delete', { appid, id: second.id }))).toMatchObject({
    reason: 'NOT_FOUND',
  })
  expect(await colleague.call('comments.edit', edit)).toMatchObject({ text: 'no', own: true })
  await stack.api.call('comments.delete', { appid, id: first.id })
  const [left, ...rest] = await colleague.call('comments.list', place())
  expect(left).toMatchObject({ text: 'no' })
  expect(Date.parse(left!.editedAt!)).toBeGreaterThanOrEqual(Date.parse(left!.createdAt))
  expect(rest).toEqual([])
})

test('they stay with the function through a rename, and go with the app', async () => {
  const { appid: other } = await runningApp(stack, 'short-lived')
  await publish(stack, other, 'f', 'export default () => 1')
  await stack.api.call('comments.add', { appid: other, name: 'f', revision: 1, text: 'here' })
  await stack.api.call('functions.rename', { appid: other, name: 'f', newName: 'g' })
  expect(await stack.api.call('comments.list', { appid: other, name: 'g', revision: 1 })).toHaveLength(1)
  await stack.api.call('apps.delete', { appid: other, confirmName: 'short-lived' })
  expect(await people.mongo.db('lathe').collection('comments').countDocuments({ appid: other })).toBe(0)
})

test('a revision that is not there, another app’s comment and an empty text are refused', async () => {
  const { appid: other } = await stack.api.call('apps.create', { name: 'other' })
  const { id } = await stack.api.call('comments.add', { ...place(), text: 'mine' })
  const attempts = [
    stack.api.call('comments.add', { ...place(), revision: 2, text: 'early' }),
    stack.api.call('comments.edit', { appid: other, id, text: 'moved' }),
    stack.api.call('comments.delete', { appid: other, id }),
  ]
  for (const error of await Promise.all(attempts.map(refused))) {
    expect(error).toMatchObject({ reason: 'NOT_FOUND' })
  }
  const empty = stack.api.call('comments.add', { ...place(), text: ' \n' })
  expect(await refused(empty)).toMatchObject({ reason: 'INVALID_INPUT' })
})

test('the team’s activity and audit log have them, and not what was said', async () => {
  await stack.api.call('comments.add', { ...place(), text: 'between us' })
  const { entries } = await stack.api.call('audit.list', { teamId, search: 'comments.add' })
  expect(entries[0]).toMatchObject({ action: 'comments.add', target: { name: 'hello', revision: '1' } })
  const stored = await people.mongo.db('lathe').collection('audit').find().toArray()
  expect(JSON.stringify(stored)).not.toContain('between us')
})
