import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { networkOf } from '../src/auth/guess-limits.ts'
import { signIn } from './support/client.ts'
import { eventually } from './support/eventually.ts'
import { OWNER, type Stack, startStack } from './support/stack.ts'

let stack: Stack
beforeAll(async () => {
  stack = await startStack()
})
afterAll(() => stack[Symbol.asyncDispose]())

const guess = (email: string, password: string) =>
  fetch(`${stack.lathe.url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: stack.lathe.url },
    body: JSON.stringify({ email, password }),
  })
const statuses = async (guesses: Promise<Response>[]) =>
  (await Promise.all(guesses)).map(({ status }) => status).toSorted()
const times = (count: number, status: number) => Array.from({ length: count }, () => status)

test('whoever knows the password signs in as often as he likes, one after the other and at once', async () => {
  for (let n = 0; n < 25; n++) await signIn(stack.lathe.url, OWNER)
  await Promise.all(Array.from({ length: 15 }, () => signIn(stack.lathe.url, OWNER)))
})

describe('guesses', () => {
  test('at one account are bounded, however many come at once, and whether there is such an account or not', async () => {
    for (const email of ['nobody@example.com', 'x@y']) {
      const found = await statuses(Array.from({ length: 30 }, (_, n) => guess(email, `guess ${n}`)))
      expect(found.filter((status) => status === 429)).toHaveLength(10)
    }
    const late = await guess('NOBODY@example.com', 'guess')
    expect(late.status).toBe(429)
    expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(Number(late.headers.get('retry-after'))).toBeLessThanOrEqual(900)
    expect(await late.json()).toMatchObject({ error: { data: { reason: 'LIMIT_REACHED' } } })
    await signIn(stack.lathe.url, OWNER)
  })

  test('are remembered across a restart of the api, and no other spelling of the endpoint goes around them', async () => {
    const email = 'restarted@example.com'
    expect(await statuses(Array.from({ length: 20 }, () => guess(email, 'wrong')))).toEqual(times(20, 401))
    const before = stack.lathe.pids().api!
    process.kill(before, 'SIGKILL')
    await eventually(async () => ![before, null].includes(stack.lathe.pids().api))
    await eventually(() => stack.api.call('account.me'))
    expect((await guess(email, 'wrong')).status).toBe(429)
    for (const path of [
      'sign-in/email/',
      'sign-in//email',
      'sign-in/%65mail',
      'sign-in/email?x',
      './sign-in/email',
    ]) {
      const { status } = await fetch(`${stack.lathe.url}/api/auth/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: stack.lathe.url },
        body: JSON.stringify({ email, password: 'wrong' }),
      })
      expect([404, 429], path).toContain(status)
    }
  })
})

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:DB8:0:0:ffff::9', '2001:db8:0:0::/64'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['::1', '0:0:0:0::/64'],
  ['', ''],
])('who has one address of a network has all: %s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})
