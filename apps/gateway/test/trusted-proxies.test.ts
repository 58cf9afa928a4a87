import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ask } from './support/client.ts'
import { route, TestGateway } from './support/gateway-process.ts'
import { httpUpstream, type TestUpstream } from './support/upstream.ts'

const APP = 'abcdef.localhost:8000'
let gateway: TestGateway
let app: TestUpstream
beforeAll(async () => {
  gateway = await TestGateway.start({ env: { LATHE_TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8,2001:db8::/32' } })
  app = await httpUpstream(gateway.socketPath('app'), (request, response) => {
    const { 'x-forwarded-for': address, 'x-forwarded-proto': proto } = request.headers
    response.end(JSON.stringify({ address, proto }))
  })
  await gateway.control.route(route('abcdef', app.path))
})
afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  await app[Symbol.asyncDispose]()
})

async function said(headers: Record<string, string>): Promise<{ address: string; proto: string }> {
  return JSON.parse((await ask(gateway.port, APP, '/', { headers })).body)
}

it.each([
  ['what it says', '203.0.113.7', '203.0.113.7'],
  ['no more than the last one that is none of them', '6.6.6.6, 203.0.113.7, 10.1.2.3', '203.0.113.7'],
  ['addresses of IPv6', '6.6.6.6,2001:db9::1, 2001:db8::5', '2001:db9::1'],
  ['addresses that are mapped into IPv6', '::ffff:203.0.113.7', '203.0.113.7'],
  ['nothing that is no address', 'unknown, evil', '127.0.0.1'],
  ['nothing before what is no address', '6.6.6.6, unknown, 10.1.2.3', '10.1.2.3'],
  ['itself where all are proxies', '10.1.2.3', '10.1.2.3'],
  ['itself where it says nothing', '', '127.0.0.1'],
])('a trusted proxy is believed: %s', async (_, forwarded, address) => {
  expect(await said({ 'x-forwarded-for': forwarded })).toEqual({ address, proto: 'http' })
})

it('a trusted proxy says that TLS ended at it', async () => {
  expect(await said({ 'x-forwarded-proto': 'HTTPS' })).toMatchObject({ proto: 'https' })
  expect(await said({ 'x-forwarded-proto': 'https, http' })).toMatchObject({ proto: 'http' })
})

it('whatever stands there, one address comes out', async () => {
  const text = fc.stringMatching(/^[\x20-\x7e]{0,60}$/)
  await fc.assert(
    fc.asyncProperty(text, async (forwarded) => {
      const { address } = await said({ 'x-forwarded-for': forwarded })
      expect(address).toMatch(/^[\da-f:.]+$/i)
    }),
    { numRuns: 100 },
  )
})

it('a list that is none is refused at start', async () => {
  await using broken = await TestGateway.start({ withoutControl: true })
  broken.options.env = { LATHE_TRUSTED_PROXIES: '10.0.0.0/8, proxy.example' }
  expect(await broken.spawnForReport()).toMatchObject({ type: 'refused', setting: 'LATHE_TRUSTED_PROXIES' })
})
