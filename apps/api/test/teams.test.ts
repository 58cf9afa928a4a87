import type { GivenRole } from '@lathe/shared'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ApiError, type Client, client, signIn } from './support/client.ts'
import { type Mailbox, openMailbox } from './support/mailbox.ts'
import { type People, peopleOf } from './support/people.ts'
import { refused } from './support/refused.ts'
import { OWNER, type Stack, startStack } from './support/stack.ts'

let stack: Stack
let people: People
let owner: Client
let nobody: Client
const password = 'a good password'
beforeAll(async () => {
  stack = await startStack()
  people = await peopleOf(stack)
  owner = await signIn(stack.lathe.url, OWNER)
  nobody = client(stack.lathe.url, { origin: stack.lathe.url })
})
afterAll(async () => {
  await people[Symbol.asyncDispose]()
  await stack[Symbol.asyncDispose]()
})

const tokenOf = (link: string | null) => new URL(link!).searchParams.get('token')!
let counter = 0
const freshEmail = () => `person${counter++}@example.com`

async function invited(teamId: string, email: string, role: GivenRole = 'developer'): Promise<string> {
  return tokenOf((await owner.call('invitations.create', { teamId, email, role })).link)
}

/** A person who came by invitation, signed in. */
async function newcomer(
  teamId: string,
  role: GivenRole,
): Promise<{ who: Client; id: string; email: string }> {
  const email = freshEmail()
  const token = await invited(teamId, email, role)
  const { id } = await nobody.call('invitations.join', { token, name: 'New Comer', password })
  return { who: await signIn(stack.lathe.url, { email, password }), id, email }
}

const newTeam = (name = 'crew') => owner.call('teams.create', { name })
const rolesIn = async (teamId: string) =>
  Object.fromEntries(
    (await owner.call('members.list', { teamId })).members.map(({ email, role }) => [email, role]),
  )

describe('invitations', () => {
  test('a newcomer sees the offer, makes an account through the link, and is in the team with its role', async () => {
    const { id: teamId } = await newTeam('crew')
    const { invitation, link } = await owner.call('invitations.create', {
      teamId,
      email: 'Newcomer@Example.com',
      role: 'developer',
    })
    expect(invitation).toMatchObject({ email: 'newcomer@example.com', state: 'pending' })
    expect(link).toMatch(new RegExp(`^${stack.lathe.url}/invitation\\?token=[\\w-]{43}$`))
    const token = tokenOf(link)
    expect(await nobody.call('invitations.look', { token })).toMatchObject({
      team: 'crew',
      role: 'developer',
      email: 'newcomer@example.com',
      hasAccount: false,
    })
    await nobody.call('invitations.join', { token, name: 'Nora', password })
    const nora = await signIn(stack.lathe.url, { email: 'newcomer@example.com', password })
    expect(await nora.call('teams.list')).toMatchObject([
      { name: 'Nora', role: 'owner', personal: true },
      { id: teamId, name: 'crew', role: 'developer', personal: false },
    ])
    const app = await nora.call('apps.create', { name: 'shared', teamId })
    expect(await owner.call('apps.get', { appid: app.appid })).toMatchObject({ teamId })
  })

  test('works once, also when it is used many times at once', async () => {
    const { id: teamId } = await newTeam()
    const token = await invited(teamId, freshEmail())
    const attempts = await Promise.allSettled(
      Array.from({ length: 4 }, () => nobody.call('invitations.join', { token, name: 'Many', password })),
    )
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await refused(nobody.call('invitations.join', { token, name: 'Again', password }))).toMatchObject({
      reason: 'INVITATION_OVER',
      details: { state: 'accepted' },
    })
  })

  test('is refused to the wrong person, and then still good for the right one', async () => {
    const { id: teamId } = await newTeam()
    const right = await newcomer((await newTeam()).id, 'viewer')
    const wrong = await newcomer((await newTeam()).id, 'viewer')
    const token = await invited(teamId, right.email)
    expect(await refused(wrong.who.call('invitations.accept', { token }))).toMatchObject({
      reason: 'FORBIDDEN',
      status: 403,
    })
    const takeover = nobody.call('invitations.join', { token, name: 'Eve', password: 'another password' })
    expect(await refused(takeover)).toMatchObject({ reason: 'NAME_TAKEN' })
    expect(await right.who.call('invitations.accept', { token })).toEqual({ teamId })
    expect(await rolesIn(teamId)).toMatchObject({ [right.email]: 'developer' })
  })

  test('is worth nothing after removal: a removed member needs a new one', async () => {
    const { id: teamId } = await newTeam()
    const { who, id, email } = await newcomer((await newTeam()).id, 'viewer')
    const token = await invited(teamId, email)
    await who.call('invitations.accept', { token })
    await owner.call('members.remove', { teamId, userId: id })
    expect(await refused(who.call('invitations.accept', { token }))).toMatchObject({
      reason: 'INVITATION_OVER',
    })
    expect(await refused(who.call('members.list', { teamId }))).toMatchObject({ reason: 'NOT_FOUND' })
  })

  test('expires; sending it again gives a new link, and the old one stays worthless', async () => {
    const { id: teamId } = await newTeam()
    const email = freshEmail()
    const sent = await owner.call('invitations.create', { teamId, email, role: 'viewer' })
    await people.mongo
      .db('lathe')
      .collection<{ _id: string }>('invitation')
      .updateOne({ _id: sent.invitation.id }, { $set: { expiresAt: new Date(Date.now() - 1) } })
    const old = tokenOf(sent.link)
    expect(await refused(nobody.call('invitations.look', { token: old }))).toMatchObject({
      reason: 'INVITATION_OVER',
      details: { state: 'expired' },
    })
    const again = await owner.call('invitations.resend', { teamId, id: sent.invitation.id })
    expect(await refused(nobody.call('invitations.look', { token: old }))).toMatchObject({
      reason: 'NOT_FOUND',
    })
    expect(await nobody.call('invitations.look', { token: tokenOf(again.link) })).toMatchObject({ email })
  })

  test('can be declined, taken back, and replaced by another one for the same address', async () => {
    const { id: teamId } = await newTeam()
    const email = freshEmail()
    const first = await invited(teamId, email)
    const second = await owner.call('invitations.create', { teamId, email, role: 'admin' })
    const state = async (token: string) => (await refused(nobody.call('invitations.look', { token }))).details
    expect(await state(first)).toEqual({ state: 'revoked' })
    await nobody.call('invitations.decline', { token: tokenOf(second.link) })
    expect(await state(tokenOf(second.link))).toEqual({ state: 'declined' })
    const third = await owner.call('invitations.resend', { teamId, id: second.invitation.id })
    await owner.call('invitations.revoke', { teamId, id: second.invitation.id })
    expect(await state(tokenOf(third.link))).toEqual({ state: 'revoked' })
    expect(await owner.call('invitations.list', { teamId })).toEqual([])
  })

  test('nobody can be invited as an owner, and a member is not invited again', async () => {
    const { id: teamId } = await newTeam()
    const asOwner = owner.call('invitations.create', {
      teamId,
      email: freshEmail(),
      role: 'owner' as 'admin',
    })
    expect(await refused(asOwner)).toMatchObject({ reason: 'INVALID_INPUT' })
    const twice = owner.call('invitations.create', { teamId, email: OWNER.email, role: 'viewer' })
    expect(await refused(twice)).toMatchObject({ reason: 'NAME_TAKEN' })
  })

  test('any text that is no link’s secret is NOT_FOUND', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1, maxLength: 128, unit: 'grapheme' }), async (token) => {
        const { reason } = await refused(nobody.call('invitations.look', { token: token.slice(0, 128) }))
        expect(['NOT_FOUND', 'INVALID_INPUT']).toContain(reason)
      }),
      { numRuns: 30 },
    )
  })
})

describe('owners', () => {
  test('the last owner can neither leave nor step down', async () => {
    const { id: teamId } = await newTeam()
    const me = (await owner.call('account.me')).id
    expect(await refused(owner.call('teams.leave', { teamId }))).toMatchObject({ reason: 'LAST_OWNER' })
    expect(await refused(owner.call('owners.remove', { teamId, userId: me }))).toMatchObject({
      reason: 'LAST_OWNER',
    })
    expect(await refused(owner.call('members.remove', { teamId, userId: me }))).toMatchObject({
      reason: 'FORBIDDEN',
    })
  })

  test('of two who remove each other at once, one stays, every time', async () => {
    const me = (await owner.call('account.me')).id
    for (let round = 0; round < 5; round++) {
      const { id: teamId } = await newTeam()
      const other = await newcomer(teamId, 'admin')
      await owner.call('owners.add', { teamId, userId: other.id })
      const results = await Promise.allSettled([
        owner.call('owners.remove', { teamId, userId: other.id }),
        other.who.call('owners.remove', { teamId, userId: me }),
      ])
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      const lost = results.find((one) => one.status === 'rejected')!.reason as ApiError
      expect(lost).toBeInstanceOf(ApiError)
      expect(lost.reason).toBe('FORBIDDEN')
      const held = Object.values(
        Object.fromEntries(
          (await other.who.call('members.list', { teamId })).members.map((one) => [one.userId, one.role]),
        ),
      )
      expect(held.sort()).toEqual(['admin', 'owner'])
    }
  })

  test('two owners who leave at once leave one behind', async () => {
    const { id: teamId } = await newTeam()
    const other = await newcomer(teamId, 'admin')
    await owner.call('owners.add', { teamId, userId: other.id })
    const results = await Promise.allSettled([
      owner.call('teams.leave', { teamId }),
      other.who.call('teams.leave', { teamId }),
    ])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  test('ownership is handed over by adding the other and stepping down', async () => {
    const { id: teamId } = await newTeam()
    const heir = await newcomer(teamId, 'developer')
    const me = (await owner.call('account.me')).id
    await owner.call('owners.add', { teamId, userId: heir.id })
    await owner.call('owners.remove', { teamId, userId: me, role: 'developer' })
    expect(await rolesIn(teamId)).toMatchObject({ [heir.email]: 'owner', [OWNER.email]: 'developer' })
    expect(
      await refused(owner.call('members.setRole', { teamId, userId: heir.id, role: 'viewer' })),
    ).toMatchObject({ reason: 'FORBIDDEN' })
  })
})

describe('members', () => {
  test('a changed role counts with the next call', async () => {
    const { id: teamId } = await newTeam()
    const { who, id } = await newcomer(teamId, 'developer')
    const { appid } = await who.call('apps.create', { name: 'mine', teamId })
    await owner.call('members.setRole', { teamId, userId: id, role: 'viewer' })
    expect(await refused(who.call('functions.create', { appid, name: 'f' }))).toMatchObject({
      reason: 'FORBIDDEN',
    })
    expect(await who.call('functions.list', { appid })).toEqual([])
    await owner.call('members.remove', { teamId, userId: id })
    expect(await refused(who.call('functions.list', { appid }))).toMatchObject({ reason: 'NOT_FOUND' })
  })

  test('are paged, and found by part of a name or address, of this team alone', async () => {
    const { id: teamId } = await newTeam()
    const one = await newcomer(teamId, 'viewer')
    const two = await newcomer(teamId, 'viewer')
    await newcomer((await newTeam()).id, 'viewer')
    const first = await owner.call('members.list', { teamId, limit: 2 })
    const rest = await owner.call('members.list', { teamId, limit: 2, cursor: first.next! })
    expect([...first.members, ...rest.members].map(({ email }) => email)).toEqual([
      OWNER.email,
      one.email,
      two.email,
    ])
    expect(rest.next).toBeNull()
    const found = await owner.call('members.list', { teamId, search: two.email.slice(0, -8).toUpperCase() })
    expect(found.members.map(({ email }) => email)).toEqual([two.email])
    expect((await owner.call('members.list', { teamId, search: '.*' })).members).toEqual([])
  })
})

describe('teams', () => {
  test.each(['日本語チーム', 'فريق', 'команда', '🚀 go', 'Zoë & Co. <b>', 'x'.repeat(64)])(
    'can be called %s',
    async (name) => {
      const { id } = await newTeam(name)
      expect(await owner.call('teams.get', { teamId: id })).toMatchObject({ name })
    },
  )

  test.each(['', '   ', 'a\u202eb', 'zero\u200bwidth', 'line\nbreak', 'a\u2028b', 'x'.repeat(65)])(
    'cannot be called %j',
    async (name) => {
      expect(await refused(newTeam(name))).toMatchObject({ reason: 'INVALID_INPUT' })
    },
  )

  test('deleting asks for the name, says what goes, and takes apps, tokens and invitations with it', async () => {
    const { id: teamId } = await newTeam('doomed')
    const { appid } = await owner.call('apps.create', { name: 'goes too', teamId })
    const { token } = await owner.call('teamTokens.create', { teamId, name: 'ci' })
    const link = await invited(teamId, freshEmail())
    const member = await newcomer(teamId, 'admin')
    expect((await owner.call('teams.get', { teamId })).counts).toEqual({
      apps: 1,
      members: 2,
      tokens: 1,
      invitations: 1,
    })
    expect(await refused(owner.call('teams.delete', { teamId, confirmName: 'Doomed' }))).toMatchObject({
      reason: 'CONFIRMATION_MISMATCH',
    })
    expect(await refused(member.who.call('teams.delete', { teamId, confirmName: 'doomed' }))).toMatchObject({
      reason: 'FORBIDDEN',
    })
    await owner.call('teams.delete', { teamId, confirmName: 'doomed' })
    expect(await refused(owner.call('apps.get', { appid }))).toMatchObject({ reason: 'NOT_FOUND' })
    const byToken = client(stack.lathe.url, { authorization: `Bearer ${token}` })
    expect(await refused(byToken.call('apps.list'))).toMatchObject({ reason: 'UNAUTHENTICATED' })
    expect(await refused(nobody.call('invitations.look', { token: link }))).toMatchObject({
      reason: 'NOT_FOUND',
    })
    expect((await member.who.call('teams.list')).map(({ personal }) => personal)).toEqual([true])
  })

  test('the personal team stays', async () => {
    const [team] = await owner.call('teams.list')
    const attempt = owner.call('teams.delete', { teamId: team!.id, confirmName: team!.name })
    expect(await refused(attempt)).toMatchObject({ reason: 'FORBIDDEN' })
  })
})

describe('tokens', () => {
  test('a token makes none that may do more than itself', async () => {
    const { token } = await owner.call('tokens.create', { name: 'dev', scope: 'develop' })
    const dev = client(stack.lathe.url, { authorization: `Bearer ${token}` })
    expect(await refused(dev.call('tokens.create', { name: 'more', scope: 'admin' }))).toMatchObject({
      reason: 'FORBIDDEN',
    })
    const { appid } = await owner.call('apps.create', { name: 'one' })
    const limited = await owner.call('tokens.create', { name: 'limited', apps: [appid] })
    const held = client(stack.lathe.url, { authorization: `Bearer ${limited.token}` })
    expect((await held.call('apps.list')).map((app) => app.appid)).toEqual([appid])
    expect(await held.call('tokens.create', { name: 'child' })).toMatchObject({ apps: [appid] })
    const wider = held.call('tokens.create', { name: 'wider', apps: [appid, 'zzzzzz'] })
    expect(await refused(wider)).toMatchObject({ reason: 'FORBIDDEN' })
  })

  test('a team’s token goes on when its maker has left, until it is revoked', async () => {
    const { id: teamId } = await newTeam()
    const maker = await newcomer(teamId, 'admin')
    const made = await maker.who.call('teamTokens.create', { teamId, name: 'ci', scope: 'develop' })
    const ci = client(stack.lathe.url, { authorization: `Bearer ${made.token}` })
    await maker.who.call('teams.leave', { teamId })
    const { appid } = await ci.call('apps.create', { name: 'by ci' })
    expect(await owner.call('apps.get', { appid })).toMatchObject({ teamId })
    expect(await ci.call('teams.list')).toMatchObject([{ id: teamId }])
    await owner.call('teamTokens.revoke', { teamId, id: made.id })
    expect(await refused(ci.call('apps.get', { appid }))).toMatchObject({ reason: 'UNAUTHENTICATED' })
  })
})

describe('with a mail server', () => {
  let mailbox: Mailbox
  let mailed: Stack
  beforeAll(async () => {
    mailbox = await openMailbox()
    mailed = await startStack({ LATHE_SMTP_URL: mailbox.url })
  })
  afterAll(async () => {
    await mailed[Symbol.asyncDispose]()
    await mailbox[Symbol.asyncDispose]()
  })

  test('an invitation goes to the address, and its link to nobody else', async () => {
    const { id: teamId } = await (await signIn(mailed.lathe.url, OWNER)).call('teams.create', {
      name: 'post',
    })
    const sent = await mailed.api.call('invitations.create', {
      teamId,
      email: 'm@example.com',
      role: 'viewer',
    })
    expect(sent.link).toBeNull()
    const mail = await mailbox.take('m@example.com')
    expect(mail).toMatch(/^Subject: .*invites you to post/m)
    const token = /invitation\?token=([\w-]{43})/.exec(mail)![1]!
    const visitor = client(mailed.lathe.url, {})
    expect(await visitor.call('invitations.look', { token })).toMatchObject({ team: 'post', role: 'viewer' })
  })
})
