import { afterAll, beforeAll, expect, test } from 'vitest'
import { cell } from '../src/services/audit/csv.ts'
import { type Client, client, signIn } from './support/client.ts'
import { type People, peopleOf } from './support/people.ts'
import { refused } from './support/refused.ts'
import { OWNER, type Stack, startStack } from './support/stack.ts'

let stack: Stack
let people: People
let owner: Client
let teamId: string
let appid: string
beforeAll(async () => {
  stack = await startStack()
  people = await peopleOf(stack)
  owner = await signIn(stack.lathe.url, OWNER)
  teamId = (await owner.call('teams.create', { name: 'audited' })).id
  appid = (await owner.call('apps.create', { name: '=cmd|app', teamId })).appid
})
afterAll(async () => {
  await people[Symbol.asyncDispose]()
  await stack[Symbol.asyncDispose]()
})

const entries = async (more: { search?: string; cursor?: string; limit?: number } = {}) =>
  (await owner.call('audit.list', { teamId, ...more })).entries

test('says who did what to what, when, from where, and how it ended', async () => {
  await owner.call('functions.create', { appid, name: 'hello', source: 'export default () => 1' })
  const { token } = await owner.call('tokens.create', { name: 'robot', scope: 'develop' })
  const robot = client(stack.lathe.url, { authorization: `Bearer ${token}` })
  const twice = robot.call('functions.create', { appid, name: 'hello' })
  expect(await refused(twice)).toMatchObject({ reason: 'NAME_TAKEN' })
  const [second, first] = await entries({ search: 'functions.create' })
  expect(first).toMatchObject({
    who: 'owner',
    token: null,
    action: 'functions.create',
    app: { appid, name: '=cmd|app' },
    target: { name: 'hello' },
    outcome: 'ok',
    address: '127.0.0.1',
  })
  expect(Date.now() - Date.parse(first!.at)).toBeLessThan(60_000)
  expect(second).toMatchObject({ token: 'robot', outcome: 'NAME_TAKEN' })
})

test('names all that one call is about', async () => {
  for (const name of ['orders/a', 'orders/b']) {
    await owner.call('functions.create', { appid, name, source: 'export default () => 1' })
  }
  const functions = ['orders/a', 'orders/b'].map((name) => ({ name, baseRevision: 0 }))
  await owner.call('functions.publishMany', { appid, functions })
  const moves = functions.map(({ name }) => ({ name, newName: name.replace('orders/', 'sales/') }))
  await owner.call('functions.renameMany', { appid, moves })
  const variables = ['ONE', 'TWO'].map((name) => ({ name, value: '1', secret: false }))
  await owner.call('env.set', { appid, variables })
  await owner.call('env.unset', { appid, names: ['ONE', 'TWO'] })
  const found = await entries({ limit: 4 })
  expect(found.map(({ action, target }) => ({ action, target }))).toEqual([
    { action: 'env.unset', target: { name: 'ONE, TWO' } },
    { action: 'env.set', target: { name: 'ONE, TWO' } },
    {
      action: 'functions.renameMany',
      target: { name: 'orders/a, orders/b', newName: 'sales/a, sales/b' },
    },
    { action: 'functions.publishMany', target: { name: 'orders/a, orders/b' } },
  ])
  expect(await entries({ search: 'sales/b' })).toHaveLength(1)
})

test('has the coming and going of the team itself, and of its people', async () => {
  const nobody = client(stack.lathe.url, { origin: stack.lathe.url })
  const invite = await owner.call('invitations.create', { teamId, email: 'a@example.com', role: 'viewer' })
  const token = new URL(invite.link!).searchParams.get('token')!
  await nobody.call('invitations.join', { token, name: 'Ada', password: 'a good password' })
  const ada = await signIn(stack.lathe.url, { email: 'a@example.com', password: 'a good password' })
  await ada.call('teams.leave', { teamId })
  expect((await entries({ search: 'ada' })).map(({ action }) => action)).toEqual([
    'teams.leave',
    'invitations.join',
  ])
  expect(await entries({ search: 'invitations.create' })).toMatchObject([
    { target: { email: 'a@example.com', role: 'viewer' } },
  ])
})

test('never has a source, a value, a password or a token', async () => {
  const secret = 'SECRET-d41d8cd98f00'
  await owner.call('env.set', { appid, variables: [{ name: 'KEY', value: secret, secret: true }] })
  await owner.call('functions.create', { appid, name: 'f', source: `// ${secret}` })
  await owner.call('functions.publish', {
    appid,
    name: 'f',
    source: `export default () => '${secret}'`,
    baseRevision: 0,
    note: secret,
  })
  await owner.call('registries.save', { teamId, scope: '@x', url: 'https://npm.example/', token: secret })
  const stored = await people.mongo.db('lathe').collection('audit').find().toArray()
  expect(stored.length).toBeGreaterThan(5)
  expect(JSON.stringify(stored)).not.toContain(secret)
  for (const invited of await people.mongo.db('lathe').collection('invitation').find().toArray()) {
    expect(JSON.stringify(stored)).not.toContain(invited.tokenHash)
  }
})

test('is paged without gaps, and belongs to the team alone', async () => {
  const all = await entries({ limit: 200 })
  const first = await owner.call('audit.list', { teamId, limit: 2 })
  const rest = await owner.call('audit.list', { teamId, limit: 200, cursor: first.next! })
  expect([...first.entries, ...rest.entries]).toEqual(all)
  const stranger = await people.account('stranger')
  expect(await refused(stranger.call('audit.list', { teamId }))).toMatchObject({ reason: 'NOT_FOUND' })
})

test('is a CSV file that no spreadsheet takes for formulas', async () => {
  const response = await fetch(`${stack.lathe.url}/api/teams/${teamId}/audit.csv?search=apps.create`, {
    headers: stack.api.headers,
  })
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  const lines = (await response.text()).trimEnd().split('\r\n')
  expect(lines[0]).toBe('at,who,token,action,appid,app,target,outcome,address,requestId')
  expect(lines).toHaveLength(2)
  expect(lines[1]).toContain(`,apps.create,${''},`)
  expect(cell('=1+1')).toBe("'=1+1")
  expect(cell('a "b", c')).toBe('"a ""b"", c"')
  const foreign = await fetch(`${stack.lathe.url}/api/teams/${teamId}/audit.csv`)
  expect(foreign.status).toBe(401)
})
