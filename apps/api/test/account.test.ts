import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, client, signIn } from './support/client.ts'
import { type Mailbox, openMailbox } from './support/mailbox.ts'
import { type People, peopleOf } from './support/people.ts'
import { refused } from './support/refused.ts'
import { OWNER, type Stack, startStack } from './support/stack.ts'
import { NEXT, totp } from './support/totp.ts'

let mailbox: Mailbox
let stack: Stack
let people: People
let nobody: Client
beforeAll(async () => {
  mailbox = await openMailbox()
  stack = await startStack({ LATHE_SMTP_URL: mailbox.url })
  people = await peopleOf(stack)
  nobody = client(stack.lathe.url, { origin: stack.lathe.url })
})
afterAll(async () => {
  await people[Symbol.asyncDispose]()
  await stack[Symbol.asyncDispose]()
  await mailbox[Symbol.asyncDispose]()
})

const password = 'a good password'
let counter = 0

/** Somebody of his own, by invitation, signed in. */
async function person(): Promise<{ email: string; me: Client }> {
  const email = `person${counter++}@example.com`
  const [team] = await stack.api.call('teams.list')
  await stack.api.call('invitations.create', { teamId: team!.id, email, role: 'viewer' })
  const token = linkIn(await mailbox.take(email))
  await nobody.call('invitations.join', { token, name: email, password })
  return { email, me: await signIn(stack.lathe.url, { email, password }) }
}
const linkIn = (mail: string) => /token=([\w-]+)/.exec(mail)![1]!
const inWith = (email: string, password: string) => signIn(stack.lathe.url, { email, password })

/** One of better-auth's endpoints, as the console calls them. */
async function post(path: string, body: unknown, headers: Record<string, string>) {
  const response = await fetch(`${stack.lathe.url}/api/auth${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: stack.lathe.url, ...headers },
    body: JSON.stringify(body),
  })
  const cookie = response.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
  return { status: response.status, body: await response.json().catch(() => null), cookie }
}

async function actionsOf(email: string): Promise<string[]> {
  const user = await people.mongo.db('lathe').collection('user').findOne({ email })
  const audit = people.mongo.db('lathe').collection('audit')
  return (await audit.find({ userId: String(user!._id) }).toArray()).map(({ action, outcome }) =>
    outcome === 'ok' ? action : `${action}: ${outcome}`,
  )
}

describe('the password', () => {
  test('is changed by who knows it; every other browser is signed out at once, this one stays', async () => {
    const { email, me } = await person()
    const elsewhere = await inWith(email, password)
    const response = await fetch(`${stack.lathe.url}/trpc/account.changePassword`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...me.headers },
      body: JSON.stringify({ currentPassword: password, newPassword: 'another password' }),
    })
    expect(response.status).toBe(200)
    expect(await refused(elsewhere.call('account.me'))).toMatchObject({ reason: 'UNAUTHENTICATED' })
    expect(await refused(me.call('account.me'))).toMatchObject({ reason: 'UNAUTHENTICATED' })
    const cookie = response.headers.getSetCookie()[0]!.split(';')[0]!
    expect(await client(stack.lathe.url, { cookie }).call('account.me')).toMatchObject({ email })
    await expect(inWith(email, password)).rejects.toThrow('401')
    await inWith(email, 'another password')
    expect(await mailbox.take(email)).toContain('was changed')
    expect(await actionsOf(email)).toContain('account.changePassword')
  })

  test('is not changed without it, and guessing it there is bounded like anywhere', async () => {
    const { email, me } = await person()
    const guess = () =>
      refused(me.call('account.changePassword', { currentPassword: 'wrong', newPassword: 'long enough' }))
    const reasons = (await Promise.all(Array.from({ length: 25 }, guess))).map(({ reason }) => reason)
    expect(reasons.filter((reason) => reason === 'WRONG_PASSWORD')).toHaveLength(20)
    expect(reasons.filter((reason) => reason === 'TRY_LATER')).toHaveLength(5)
    await expect(inWith(email, password)).rejects.toThrow('429')
    expect(await me.call('account.me')).toMatchObject({ email })
  })

  test('is reset by a mailed link, once; all browsers are signed out', async () => {
    const { email, me } = await person()
    expect(await nobody.call('account.requestReset', { email })).toEqual({ sent: true })
    const token = linkIn(await mailbox.take(email))
    const reset = () => nobody.call('account.resetPassword', { token, newPassword: 'new password' })
    const results = await Promise.allSettled([reset(), reset(), reset()])
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await refused(reset())).toMatchObject({ reason: 'LINK_OVER' })
    expect(await refused(me.call('account.me'))).toMatchObject({ reason: 'UNAUTHENTICATED' })
    await inWith(email, 'new password')
    expect(await actionsOf(email)).toContain('account.resetPassword')
    const stored = JSON.stringify(await people.mongo.db('lathe').collection('verification').find().toArray())
    expect(stored).not.toContain(token)
  })

  test('asking for a link answers alike whether there is such an account, and is bounded for either', async () => {
    const { email } = await person()
    for (const address of [email, 'no-account@example.com']) {
      const ask = () => nobody.call('account.requestReset', { email: address })
      for (let n = 0; n < 3; n++) expect(await ask()).toEqual({ sent: true })
      expect(await refused(ask())).toMatchObject({ reason: 'TRY_LATER' })
    }
    const guess = nobody.call('account.resetPassword', {
      token: randomBytes(32).toString('base64url'),
      newPassword: 'new password',
    })
    expect(await refused(guess)).toMatchObject({ reason: 'LINK_OVER' })
  })

  test('is reset by the operator’s link, too', async () => {
    const { email } = await person()
    const account = fileURLToPath(new URL('../../../scripts/account.mjs', import.meta.url))
    const run = promisify(execFile)
    const env = { ...process.env, LATHE_DATA: stack.data }
    const { stdout } = await run(process.execPath, [account, 'reset-link', email.toUpperCase()], { env })
    expect(stdout).toMatch(`${stack.lathe.url}/reset-password?token=`)
    await nobody.call('account.resetPassword', { token: linkIn(stdout), newPassword: 'new password' })
    await inWith(email, 'new password')
    await expect(run(process.execPath, [account, 'reset-link', 'no@one.example'], { env })).rejects.toThrow(
      'There is no account no@one.example.',
    )
    for (const path of [
      '/operator/reset-link',
      '/api/../operator/reset-link',
      '/trpc/..%2foperator/reset-link',
    ]) {
      const { status, body } = await post(`/../..${path}`, { email }, {})
      expect([path, status]).not.toEqual([path, 200])
      expect(JSON.stringify(body)).not.toContain('token=')
    }
  })
})

describe('the address', () => {
  test('is changed once the new one is confirmed by its link; the old one is told', async () => {
    const { email, me } = await person()
    const wrong = me.call('account.changeEmail', { newEmail: 'new@example.com', password: 'wrong' })
    expect(await refused(wrong)).toMatchObject({ reason: 'WRONG_PASSWORD' })
    await me.call('account.changeEmail', { newEmail: 'New@Example.com', password })
    const token = linkIn(await mailbox.take('new@example.com'))
    expect(await me.call('account.me')).toMatchObject({ email })
    expect(await nobody.call('account.confirmEmail', { token })).toEqual({ email: 'new@example.com' })
    expect(await refused(nobody.call('account.confirmEmail', { token }))).toMatchObject({
      reason: 'LINK_OVER',
    })
    expect(await me.call('account.security')).toMatchObject({ email: 'new@example.com', emailVerified: true })
    expect(await mailbox.take(email)).toContain('new@example.com')
    await expect(inWith(email, password)).rejects.toThrow('401')
    await inWith('new@example.com', password)
  })

  test('of somebody else is not taken, and asking for it tells nothing', async () => {
    const [one, other] = [await person(), await person()]
    const ask = one.me.call('account.changeEmail', { newEmail: other.email, password })
    expect(await ask).toEqual({ sent: true })
    await one.me.call('account.changeEmail', { newEmail: 'free@example.com', password })
    const token = linkIn(await mailbox.take('free@example.com'))
    await other.me.call('account.changeEmail', { newEmail: 'free@example.com', password })
    await nobody.call('account.confirmEmail', { token })
    const late = nobody.call('account.confirmEmail', {
      token: linkIn(await mailbox.take('free@example.com')),
    })
    expect(await refused(late)).toMatchObject({ reason: 'NAME_TAKEN' })
    expect(await other.me.call('account.me')).toMatchObject({ email: other.email })
  })
})

describe('sessions', () => {
  test('are listed without their secrets, and revoked one by one or all others', async () => {
    const { email, me } = await person()
    const other = await inWith(email, password)
    await inWith(email, password)
    const list = await me.call('sessions.list')
    expect(list.filter(({ current }) => current)).toHaveLength(1)
    expect(list.length).toBeGreaterThanOrEqual(3)
    expect(list[0]).toMatchObject({ address: '127.0.0.1' })
    expect(JSON.stringify(list)).not.toContain(
      decodeURIComponent(me.headers.cookie!).split('=')[1]!.split('.')[0],
    )
    const others = (await other.call('sessions.list')).find(({ current }) => current)!
    expect(await me.call('sessions.revoke', { id: others.id })).toEqual({ id: others.id })
    expect(await refused(other.call('account.me'))).toMatchObject({ reason: 'UNAUTHENTICATED' })
    const { revoked } = await me.call('sessions.revokeOthers', {} as never)
    expect(revoked).toBe(list.length - 2)
    expect(await me.call('sessions.list')).toHaveLength(1)
  })

  test('of somebody else do not exist', async () => {
    const [one, other] = [await person(), await person()]
    const [session] = await other.me.call('sessions.list')
    expect(await refused(one.me.call('sessions.revoke', { id: session!.id }))).toMatchObject({
      reason: 'NOT_FOUND',
    })
    expect(await other.me.call('account.me')).toMatchObject({ email: other.email })
  })
})

describe('a second factor', () => {
  async function enrolled() {
    const { email, me } = await person()
    const { cookie } = me.headers as { cookie: string }
    const enabled = await post('/two-factor/enable', { password }, { cookie })
    expect(enabled.status).toBe(200)
    const { totpURI, backupCodes } = enabled.body as { totpURI: string; backupCodes: string[] }
    // Nothing is asked for before the first code was right.
    await inWith(email, password)
    const firstCode = totp(totpURI)
    const verified = await post('/two-factor/verify-totp', { code: firstCode }, { cookie })
    expect(verified.status).toBe(200)
    return { email, cookie: verified.cookie, totpURI, backupCodes, firstCode }
  }

  test('is asked for after the password, and a wrong one does not sign in', async () => {
    const { email, totpURI } = await enrolled()
    const first = await post('/sign-in/email', { email, password }, {})
    expect(first.body).toMatchObject({ twoFactorRedirect: true })
    const half = client(stack.lathe.url, { cookie: first.cookie, origin: stack.lathe.url })
    expect(await refused(half.call('account.me'))).toMatchObject({ reason: 'UNAUTHENTICATED' })
    const code = totp(totpURI, Date.now() + NEXT)
    const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0')
    const refusedCode = await post('/two-factor/verify-totp', { code: wrong }, { cookie: first.cookie })
    expect(refusedCode.status).toBe(401)
    const second = await post('/two-factor/verify-totp', { code }, { cookie: first.cookie })
    expect(second.status).toBe(200)
    const me = client(stack.lathe.url, { cookie: second.cookie, origin: stack.lathe.url })
    expect(await me.call('account.security')).toMatchObject({ email, twoFactor: true })
  })

  test('may be one of the backup codes, each once', async () => {
    const { email, backupCodes } = await enrolled()
    const attempt = async (code: string) => {
      const { cookie } = await post('/sign-in/email', { email, password }, {})
      return (await post('/two-factor/verify-backup-code', { code }, { cookie })).status
    }
    expect(await attempt(backupCodes[0]!)).toBe(200)
    expect(await attempt(backupCodes[0]!)).toBe(401)
    expect(await attempt(backupCodes[1]!)).toBe(200)
  })

  test('is taken once: not again by whoever saw it typed, nor twice of several who send it at once', async () => {
    const { email, totpURI, firstCode } = await enrolled()
    const half = async () => (await post('/sign-in/email', { email, password }, {})).cookie
    const send = async (code: string, cookie: string) => post('/two-factor/verify-totp', { code }, { cookie })
    const replayed = await send(firstCode, await half())
    expect(replayed.status).toBe(401)
    const halves = await Promise.all([half(), half(), half()])
    const next = totp(totpURI, Date.now() + NEXT)
    const answers = await Promise.all(halves.map((cookie) => send(next, cookie)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401])
    expect(answers.find(({ status }) => status === 401)!.body).toMatchObject({ code: 'CODE_USED' })
    for (const code of [next, firstCode]) expect((await send(code, await half())).status).toBe(401)
  })

  test('cannot be guessed: after some wrong codes even the right one is refused', async () => {
    const { email, totpURI } = await enrolled()
    const statuses: number[] = []
    for (let round = 0; round < 3; round++) {
      const { cookie } = await post('/sign-in/email', { email, password }, {})
      for (let n = 0; n < 5; n++) {
        statuses.push((await post('/two-factor/verify-totp', { code: `00000${n}` }, { cookie })).status)
      }
    }
    expect(statuses).not.toContain(200)
    const { cookie } = await post('/sign-in/email', { email, password }, {})
    const next = totp(totpURI, Date.now() + NEXT)
    const right = await post('/two-factor/verify-totp', { code: next }, { cookie })
    expect(right.status).toBe(429)
  })

  test('is taken away with the password, or by the operator, and stays over a reset of the password', async () => {
    const one = await enrolled()
    expect((await post('/two-factor/disable', { password: 'wrong' }, { cookie: one.cookie })).status).toBe(
      400,
    )
    const disabled = await post('/two-factor/disable', { password }, { cookie: one.cookie })
    expect(disabled.status).toBe(200)
    await inWith(one.email, password)
    expect(await actionsOf(one.email)).toEqual(
      expect.arrayContaining([
        'account.enableTwoFactor',
        'account.secondFactor',
        'account.disableTwoFactor: FORBIDDEN',
        'account.disableTwoFactor',
        'account.signIn',
      ]),
    )

    const other = await enrolled()
    await nobody.call('account.requestReset', { email: other.email })
    const token = linkIn(await mailbox.take(other.email))
    await nobody.call('account.resetPassword', { token, newPassword: 'new password' })
    const half = await post('/sign-in/email', { email: other.email, password: 'new password' }, {})
    expect(half.body).toMatchObject({ twoFactorRedirect: true })
    const account = fileURLToPath(new URL('../../../scripts/account.mjs', import.meta.url))
    await promisify(execFile)(process.execPath, [account, 'remove-two-factor', other.email], {
      env: { ...process.env, LATHE_DATA: stack.data },
    })
    await inWith(other.email, 'new password')
  })

  test('leaves neither its secret, codes nor passwords in the audit log or in clear in the database', async () => {
    const { totpURI, backupCodes } = await enrolled()
    const secret = new URL(totpURI).searchParams.get('secret')!
    for (const name of ['audit', 'twoFactor']) {
      const stored = JSON.stringify(await people.mongo.db('lathe').collection(name).find().toArray())
      for (const hidden of [secret, ...backupCodes, password]) expect(stored).not.toContain(hidden)
    }
  })
})

test('without a mail server, the page says what to do, for any address', async () => {
  await using plain = await startStack()
  const anyone = client(plain.lathe.url, { origin: plain.lathe.url })
  expect(await anyone.call('account.signInOptions')).toEqual({ mail: false, singleSignOn: null })
  for (const email of [OWNER.email, 'nobody@example.com']) {
    const error = await refused(anyone.call('account.requestReset', { email }))
    expect(error).toMatchObject({ reason: 'NO_MAIL_SERVER' })
    expect(error.message).toContain('npm run account -- reset-link')
  }
})
