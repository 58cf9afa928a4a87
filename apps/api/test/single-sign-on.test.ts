import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Identity, type IdentityProvider, openIdentityProvider } from './fixtures/identity-provider.ts'
import { client } from './support/client.ts'
import { type People, peopleOf } from './support/people.ts'
import { OWNER, type Stack, startStack } from './support/stack.ts'

let provider: IdentityProvider
let stack: Stack
let people: People
beforeAll(async () => {
  provider = await openIdentityProvider(() => `${stack.lathe.url}/api/auth/callback/sso`)
  stack = await startStack({
    LATHE_OIDC_ISSUER: provider.issuer,
    LATHE_OIDC_CLIENT_ID: provider.clientId,
    LATHE_OIDC_CLIENT_SECRET: provider.clientSecret,
    LATHE_OIDC_NAME: 'Example ID',
  })
  people = await peopleOf(stack)
})
afterAll(async () => {
  await people[Symbol.asyncDispose]()
  await stack[Symbol.asyncDispose]()
  await provider[Symbol.asyncDispose]()
})

const cookiesOf = (response: Response) =>
  response.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')

const begin = (callbackURL = '/apps') =>
  fetch(`${stack.lathe.url}/api/auth/sign-in/social`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: stack.lathe.url },
    body: JSON.stringify({ provider: 'sso', callbackURL, errorCallbackURL: '/sign-in' }),
  })

/** The whole way: from the button, by the provider, back. */
async function signInAs(who: Identity): Promise<{ location: string; cookie: string; back: string }> {
  const begun = await begin()
  expect(begun.status).toBe(200)
  const { url } = (await begun.json()) as { url: string }
  const back = await provider.signIn(url, who)
  const response = await fetch(back, { redirect: 'manual', headers: { cookie: cookiesOf(begun) } })
  return { location: response.headers.get('location') ?? '', cookie: cookiesOf(response), back }
}

const owner: Identity = { sub: 'u1', email: OWNER.email, email_verified: true, name: 'Olga' }

test('the sign-in page offers the provider by its name', async () => {
  const options = await client(stack.lathe.url, {}).call('account.signInOptions')
  expect(options).toEqual({ mail: false, singleSignOn: 'Example ID' })
})

test('signs in to the account that has the confirmed address, and goes on where one wanted to', async () => {
  const { location, cookie, back } = await signInAs(owner)
  expect(location).toMatch(/\/apps$/)
  const me = client(stack.lathe.url, { cookie, origin: stack.lathe.url })
  expect(await me.call('account.me')).toMatchObject({ email: OWNER.email })
  expect((await signInAs({ ...owner, email: 'renamed@example.com' })).location).toMatch(/\/apps$/)
  const audit = people.mongo.db('lathe').collection('audit')
  expect(await audit.countDocuments({ action: 'account.signInByProvider', outcome: 'ok' })).toBe(2)

  const replayed = await fetch(back, { redirect: 'manual' })
  expect(replayed.headers.get('location')).toContain('error=')
  const again = client(stack.lathe.url, { cookie: cookiesOf(replayed) })
  await expect(again.call('account.me')).rejects.toMatchObject({ reason: 'UNAUTHENTICATED' })
})

test('lets nobody in whom it does not vouch for, or who has no account here', async () => {
  await people.mongo
    .db('lathe')
    .collection('user')
    .insertOne({
      _id: 'unconfirmed' as never,
      email: 'unconfirmed@example.com',
      emailVerified: false,
      name: 'U',
      createdAt: new Date(),
      updatedAt: new Date(),
    })
  const strangers: Identity[] = [
    { sub: 'u2', email: 'stranger@example.com', email_verified: true, name: 'No account' },
    { sub: 'u3', email: OWNER.email, email_verified: false, name: 'Not confirmed there' },
    { sub: 'u4', email: 'unconfirmed@example.com', email_verified: true, name: 'Not confirmed here' },
  ]
  for (const stranger of strangers) {
    const { location, cookie } = await signInAs(stranger)
    expect(location, stranger.name).toMatch(/\/sign-in\?error=\w+/)
    const me = client(stack.lathe.url, { cookie, origin: stack.lathe.url })
    await expect(me.call('account.me'), stranger.name).rejects.toMatchObject({ reason: 'UNAUTHENTICATED' })
  }
})

test('does not lead to another site, and takes no answer that it did not ask for', async () => {
  for (const elsewhere of [
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    'javascript:alert(1)',
  ]) {
    expect((await begin(elsewhere)).status, elsewhere).toBe(403)
  }
  const { url } = (await (await begin()).json()) as { url: string }
  const back = await provider.signIn(url, owner)
  // Another browser, without the cookie that began it: signing somebody in as somebody else must not work.
  const forged = await fetch(back, { redirect: 'manual' })
  expect(forged.headers.get('location')).toMatch(/\/sign-in\?error=\w+/)
  expect(cookiesOf(forged)).toBe('')
})
