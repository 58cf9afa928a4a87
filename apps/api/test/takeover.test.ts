import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { GivenRole } from '@lathe/shared'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, client, signIn } from './support/client.ts'
import { eventually } from './support/eventually.ts'
import { type Mailbox, openMailbox } from './support/mailbox.ts'
import { type People, peopleOf } from './support/people.ts'
import { refused } from './support/refused.ts'
import { OWNER, type Stack, startStack } from './support/stack.ts'
import { visit } from './support/visit.ts'

let mailbox: Mailbox
let stack: Stack
let people: People
let owner: Client
let nobody: Client
const password = 'a good password'
beforeAll(async () => {
  mailbox = await openMailbox()
  stack = await startStack({ LATHE_SMTP_URL: mailbox.url })
  people = await peopleOf(stack)
  owner = await signIn(stack.lathe.url, OWNER)
  nobody = client(stack.lathe.url, { origin: stack.lathe.url })
})
afterAll(async () => {
  await people[Symbol.asyncDispose]()
  await stack[Symbol.asyncDispose]()
  await mailbox[Symbol.asyncDispose]()
})

const linkIn = (mail: string) => /token=([\w-]+)/.exec(mail)![1]!
let counter = 0
const freshEmail = () => `person${counter++}@example.com`
const newTeam = async () => (await owner.call('teams.create', { name: 'crew' })).id
const users = () => people.mongo.db('lathe').collection('user')

async function invited(by: Client, teamId: string, email: string, role: GivenRole): Promise<string> {
  await by.call('invitations.create', { teamId, email, role })
  return linkIn(await mailbox.take(email))
}

/** Somebody who has come by invitation. */
async function newcomer(teamId: string, role: GivenRole) {
  const email = freshEmail()
  const token = await invited(owner, teamId, email, role)
  const { id } = await nobody.call('invitations.join', { token, name: 'New Comer', password })
  return { id, email, who: await signIn(stack.lathe.url, { email, password }) }
}

describe('an invitation', () => {
  const waysOut: [string, (teamId: string, userId: string, who: Client) => Promise<unknown>][] = [
    ['was removed', (teamId, userId) => owner.call('members.remove', { teamId, userId })],
    [
      'was made a developer',
      (teamId, userId) => owner.call('members.setRole', { teamId, userId, role: 'developer' }),
    ],
    ['has left', (teamId, _, who) => who.call('teams.leave', { teamId })],
  ]
  test.each(waysOut)('brings nobody in when who sent it %s', async (_, goes) => {
    const teamId = await newTeam()
    const admin = await newcomer(teamId, 'admin')
    const [first, second] = [freshEmail(), freshEmail()]
    const token = await invited(admin.who, teamId, first, 'admin')
    const other = await invited(admin.who, teamId, second, 'viewer')
    const accomplice = await newcomer(await newTeam(), 'viewer')
    const third = await invited(admin.who, teamId, accomplice.email, 'admin')
    await goes(teamId, admin.id, admin.who)

    const over = { reason: 'INVITATION_OVER', details: { state: 'revoked' } }
    expect(await refused(nobody.call('invitations.look', { token }))).toMatchObject(over)
    expect(await refused(nobody.call('invitations.join', { token, name: 'Eve', password }))).toMatchObject(
      over,
    )
    expect(await refused(accomplice.who.call('invitations.accept', { token: third }))).toMatchObject(over)
    expect(await users().findOne({ email: first })).toBeNull()
    const list = await owner.call('invitations.list', { teamId })
    expect(list.map(({ state }) => state)).toEqual(['revoked', 'revoked', 'revoked'])

    // Who may invite makes it good again, with a link of its own.
    const { id } = list.find(({ email }) => email === second)!
    await owner.call('invitations.resend', { teamId, id })
    const again = linkIn(await mailbox.take(second))
    expect(
      await refused(nobody.call('invitations.join', { token: other, name: 'Eve', password })),
    ).toMatchObject({ reason: 'NOT_FOUND' })
    await nobody.call('invitations.join', { token: again, name: 'Good', password })
  })

  test('stays good when who sent it has another role that may invite, and when a team’s token has', async () => {
    const teamId = await newTeam()
    const admin = await newcomer(teamId, 'admin')
    const token = await invited(admin.who, teamId, freshEmail(), 'viewer')
    await owner.call('owners.add', { teamId, userId: admin.id })
    expect(await nobody.call('invitations.look', { token })).toMatchObject({ role: 'viewer' })
    const made = await owner.call('teamTokens.create', { teamId, name: 'hr', scope: 'admin' })
    const byToken = client(stack.lathe.url, { authorization: `Bearer ${made.token}` })
    const sent = await invited(byToken, teamId, freshEmail(), 'viewer')
    expect(await nobody.call('invitations.look', { token: sent })).toMatchObject({ role: 'viewer' })
  })

  test('that has expired can neither be accepted nor joined nor declined', async () => {
    const teamId = await newTeam()
    const right = await newcomer(await newTeam(), 'viewer')
    const token = await invited(owner, teamId, right.email, 'developer')
    await people.mongo
      .db('lathe')
      .collection('invitation')
      .updateOne({ organizationId: teamId, email: right.email }, { $set: { expiresAt: new Date(0) } })
    for (const attempt of [
      () => right.who.call('invitations.accept', { token }),
      () => nobody.call('invitations.join', { token, name: 'Late', password }),
      () => nobody.call('invitations.decline', { token }),
    ]) {
      expect(await refused(attempt())).toMatchObject({
        reason: 'INVITATION_OVER',
        details: { state: 'expired' },
      })
    }
  })

  test('is of no use to an account that claims the address without its mailbox: the link alone is the proof', async () => {
    const teamId = await newTeam()
    const squatter = await newcomer(await newTeam(), 'viewer')
    await users().updateOne({ email: squatter.email }, { $set: { emailVerified: false } })
    const token = await invited(owner, teamId, squatter.email, 'admin')
    const [sent] = await owner.call('invitations.list', { teamId })
    expect(JSON.stringify(sent)).not.toContain(token)
    for (const guess of [sent!.id, 'a', token.slice(0, -1), `${token}x`, token.toUpperCase()]) {
      const attempt = squatter.who.call('invitations.accept', { token: guess })
      expect(await refused(attempt)).toMatchObject({ reason: 'NOT_FOUND' })
    }
    expect((await squatter.who.call('teams.list')).map(({ id }) => id)).not.toContain(teamId)
  })

  test('leaves its secret neither in Lathe’s logs nor with other sites', async () => {
    const token = await invited(owner, await newTeam(), freshEmail(), 'viewer')
    const page = await visit(`${stack.lathe.url}/invitation?token=${token}`)
    expect(page.headers['referrer-policy']).toBe('same-origin')
    await nobody.call('invitations.look', { token })
    await nobody.call('invitations.decline', { token })
    // Lines come in the order in which requests were answered.
    await eventually(async () => (await logsOf(stack)).includes('/trpc/invitations.decline'))
    expect(await logsOf(stack)).not.toContain(token)
    const audit = await people.mongo.db('lathe').collection('audit').find().toArray()
    expect(JSON.stringify(audit)).not.toContain(token)
  })
})

async function logsOf({ data }: Stack): Promise<string> {
  const folder = join(data, 'logs')
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((one) =>
    one.isFile(),
  )
  const texts = files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8'))
  return (await Promise.all(texts)).join('\n')
}

describe('a role that changes while its holder acts', () => {
  test('ends what he may do at some point: what was let through is done, what comes later is refused', async () => {
    const teamId = await newTeam()
    const { who, id } = await newcomer(teamId, 'developer')
    const { appid } = await owner.call('apps.create', { name: 'busy', teamId })
    const acts = Array.from({ length: 12 }, (_, n) => who.call('functions.create', { appid, name: `f${n}` }))
    const change = owner.call('members.setRole', { teamId, userId: id, role: 'viewer' })
    const results = await Promise.allSettled(acts)
    await change
    const done = results.flatMap((one, n) => (one.status === 'fulfilled' ? [`f${n}`] : []))
    for (const one of results) {
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ reason: 'FORBIDDEN' })
    }
    const made = (await owner.call('functions.list', { appid })).map(({ name }) => name)
    expect(made.sort()).toEqual(done.sort())
    expect(await refused(who.call('functions.create', { appid, name: 'late' }))).toMatchObject({
      reason: 'FORBIDDEN',
    })
  })
})

describe('a wrong password', () => {
  const guess = (email: string) =>
    fetch(`${stack.lathe.url}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: stack.lathe.url },
      body: JSON.stringify({ email, password: 'wrong' }),
    })
  const refusals = async () =>
    (await logsOf(stack))
      .split('\n')
      .filter((line) => line.includes('"part":"sign-in"') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)

  test('stands in the operator’s log whether or not there is such an account, without what was typed', async () => {
    const { email } = await newcomer(await newTeam(), 'viewer')
    const [real, unknown] = [await guess(email), await guess('no-such-account@example.com')]
    expect([real.status, unknown.status]).toEqual([401, 401])
    expect(await real.text()).toBe(await unknown.text())
    const [one, other] = await eventually(async () => (await refusals()).length === 2 && (await refusals()))
    expect(one).toMatchObject({ address: '127.0.0.1', why: 'wrong password' })
    expect(Object.keys(one!)).toEqual(Object.keys(other!))
    expect(one!.account).not.toBe(other!.account)
    const logs = await logsOf(stack)
    expect(logs).not.toContain('no-such-account')
    expect(logs).not.toContain(email)
  })

  test('stands in the audit log of whose account it is, once in a while however many there are', async () => {
    const { id, email } = await newcomer(await newTeam(), 'viewer')
    const entries = () =>
      people.mongo.db('lathe').collection('audit').find({ userId: id, outcome: 'WRONG_PASSWORD' }).toArray()
    await guess(email)
    await eventually(async () => (await entries()).length === 1)
    const before = (await refusals()).length
    await Promise.all(Array.from({ length: 6 }, () => guess(email)))
    await eventually(async () => (await refusals()).length === before + 6)
    expect(await entries()).toMatchObject([
      { who: 'somebody', action: 'account.signIn', address: '127.0.0.1' },
    ])
  })
})

test('no address of the door leads to another site', async () => {
  for (const path of [
    '//evil.example',
    '//evil.example/..',
    '/\\evil.example',
    '/%2f%2fevil.example',
    '/sign-in?next=//evil.example',
    '/sign-in?next=https://evil.example',
    '/api/auth/callback/sso?error=x&error_description=https://evil.example',
    '/api/auth/sign-in/social?callbackURL=https://evil.example',
    '/invitation?token=x&next=//evil.example',
  ]) {
    const { status, headers } = await visit(`${stack.lathe.url}${path}`)
    expect([path, String(headers.location ?? '')]).not.toEqual([path, expect.stringContaining('evil')])
    expect(status, path).not.toBe(500)
  }
})
