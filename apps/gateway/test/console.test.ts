import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, rawAnswer, rawClient } from './support/client.ts'
import { TestGateway } from './support/gateway-process.ts'

const HOST = 'localhost:8000'
const SCRIPT = 'console.log("the shell")'
const BIG = Buffer.alloc(3_000_000, 'x')
let gateway: TestGateway

beforeAll(async () => {
  gateway = await TestGateway.start()
  const dist = gateway.consoleDist
  await writeFile(
    join(dist, 'index.html'),
    '<!doctype html><script>let theme = 1</script><script src="/a.js"></script>',
  )
  await writeFile(join(dist, 'favicon.svg'), '<svg/>')
  await writeFile(join(dist, 'assets/index-AbCd1234.js'), SCRIPT)
  await writeFile(join(dist, 'assets/index-AbCd1234.js.br'), brotliCompressSync(SCRIPT))
  await writeFile(join(dist, 'assets/index-AbCd1234.js.gz'), gzipSync(SCRIPT))
  await writeFile(join(dist, 'assets/plain.css'), 'a{}')
  await writeFile(join(dist, 'assets/editor.worker-Xyz_1234.js'), BIG)
  await writeFile(join(dist, 'assets/code.ttf'), 'font')
  await writeFile(join(dist, 'secret.unknown'), 'not served')
  await mkdir(join(dist, 'folder'))
  await writeFile(join(gateway.folder, 'outside.txt'), 'outside')
  await symlink(join(gateway.folder, 'outside.txt'), join(dist, 'link.txt'))
})
afterAll(() => gateway[Symbol.asyncDispose]())

describe('the console', () => {
  it.each([
    '/',
    '/apps',
    '/apps/abcdef/users/list',
    '/apps/abcdef?tab=logs',
    '/%C3%BC',
    '/apps/abcdef/functions/sum.test',
  ])('answers %s with its page', async (path) => {
    const answer = await ask(gateway.port, HOST, path)
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(answer.headers['cache-control']).toBe('no-cache')
    expect(answer.body).toMatch(/^<!doctype html>/)
  })

  it('confines its page, and allows the inline script that the build wrote', async () => {
    const { headers } = await ask(gateway.port, HOST, '/')
    const policy = String(headers['content-security-policy'])
    const hash = createHash('sha256').update('let theme = 1').digest('base64')
    expect(policy).toContain(`script-src 'self' 'sha256-${hash}';`)
    expect(policy).toMatch(/connect-src 'self' ws:\/\/\*\.[\w.-]+(?::\d+)?;/)
    expect(policy).toContain("worker-src 'self' blob:")
    expect(policy).toContain("style-src 'self' 'unsafe-inline'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain("script-src 'self' 'unsafe")
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['referrer-policy']).toBe('same-origin')
    expect(headers['strict-transport-security']).toBeUndefined()
  })

  it.each([
    ['/assets/plain.css', 'text/css; charset=utf-8', 'no-cache'],
    ['/assets/code.ttf', 'font/ttf', 'no-cache'],
    ['/favicon.svg', 'image/svg+xml', 'no-cache'],
    ['/assets/index-AbCd1234.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
  ])('serves %s as %s, %s', async (path, type, caching) => {
    const answer = await ask(gateway.port, HOST, path)
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toBe(type)
    expect(answer.headers['cache-control']).toBe(caching)
  })

  it.each([
    ['br', 'gzip, deflate, br', brotliCompressSync(SCRIPT).length],
    ['gzip', 'gzip;q=0.5, br;q=0', gzipSync(SCRIPT).length],
    [undefined, 'identity', SCRIPT.length],
    [undefined, '', SCRIPT.length],
  ])('sends %s to a client that accepts "%s"', async (coding, accepted, length) => {
    const answer = await ask(gateway.port, HOST, '/assets/index-AbCd1234.js', {
      headers: { 'accept-encoding': accepted },
    })
    expect(answer.headers['content-encoding']).toBe(coding)
    expect(answer.headers['content-length']).toBe(String(length))
    expect(answer.headers.vary).toBe('accept-encoding')
  })

  it('answers 304 to who has it already', async () => {
    const first = await ask(gateway.port, HOST, '/')
    for (const condition of [first.headers.etag!, `"other", W/${first.headers.etag}`, '*']) {
      const again = await ask(gateway.port, HOST, '/', { headers: { 'if-none-match': condition } })
      expect(again).toMatchObject({ status: 304, body: '' })
    }
    expect((await ask(gateway.port, HOST, '/', { headers: { 'if-none-match': '"other"' } })).status).toBe(200)
  })

  it('answers HEAD without a body and refuses POST', async () => {
    const head = await ask(gateway.port, HOST, '/', { method: 'HEAD' })
    expect(head).toMatchObject({ status: 200, body: '' })
    expect(Number(head.headers['content-length'])).toBeGreaterThan(10)
    expect((await ask(gateway.port, HOST, '/', { method: 'POST', body: 'x' })).status).toBe(405)
  })

  it.each([
    '/assets/missing.js',
    '/secret.unknown',
    '/link.txt',
    '/../outside.txt',
    '/%2e%2e/outside.txt',
    '/..%2foutside.txt',
    '/assets/..%2f..%2foutside.txt',
    '/..\\outside.txt',
    '/%5c..%5c..',
    '/..',
    '/a%00.js',
    '/%',
    '//etc/passwd.txt',
  ])('answers 404 for %s', async (path) => {
    const text = await rawAnswer(
      gateway.port,
      `GET ${path} HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`,
    )
    expect(text).toMatch(/^HTTP\/1\.1 404 /)
    expect(text).not.toContain('outside\n')
  })

  it('streams a large file to a client that reads slowly', async () => {
    const client = rawClient(gateway.port)
    client.socket.pause()
    client.socket.write(
      `GET /assets/editor.worker-Xyz_1234.js HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`,
    )
    await ask(gateway.port, HOST, '/')
    client.socket.resume()
    await once(client.socket, 'close')
    expect(client.text.split('\r\n\r\n')[1]).toHaveLength(BIG.length)
  })

  it('takes a new build over without a restart', async () => {
    await writeFile(join(gateway.consoleDist, 'assets/new-12345678.js'), 'new')
    expect((await ask(gateway.port, HOST, '/assets/new-12345678.js')).status).toBe(404)
    await writeFile(join(gateway.consoleDist, 'index.html'), '<!doctype html>a newer page, of another size')
    expect((await ask(gateway.port, HOST, '/')).body).toContain('a newer page')
    expect((await ask(gateway.port, HOST, '/assets/new-12345678.js')).body).toBe('new')
  })

  it('says so when there is no build', async () => {
    await using own = await TestGateway.start()
    await rm(own.consoleDist, { recursive: true })
    expect((await ask(own.port, HOST, '/')).status).toBe(404)
  })
})
