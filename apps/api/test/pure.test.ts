import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AsyncQueue } from '../src/async-queue.ts'
import { bearerToken } from '../src/auth/bearer.ts'
import { isFromConsole } from '../src/auth/origin.ts'
import { appDatabaseUrl } from '../src/mongo/app-database.ts'
import { Mutexes } from '../src/mutexes.ts'
import { CrashHistory } from '../src/reconciler/crash-history.ts'
import { exitMessage } from '../src/reconciler/exit-message.ts'
import { SecretBox } from '../src/secret-box.ts'
import { Semaphore } from '../src/semaphore.ts'

describe('SecretBox', () => {
  const box = new SecretBox('k'.repeat(32))

  test('gives back what was sealed, and never seals alike twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (plain) => {
        expect(box.open(box.seal(plain, 'a'), 'a')).toBe(plain)
        expect(box.seal(plain, 'a')).not.toBe(box.seal(plain, 'a'))
      }),
    )
  })

  test('refuses another key, another record and a changed value', () => {
    const sealed = box.seal('secret', 'app:a')
    expect(() => new SecretBox('x'.repeat(32)).open(sealed, 'app:a')).toThrow()
    expect(() => box.open(sealed, 'app:b')).toThrow()
    const bytes = Buffer.from(sealed.slice(3), 'base64url')
    bytes[14]! ^= 1
    expect(() => box.open(`v1.${bytes.toString('base64url')}`, 'app:a')).toThrow()
  })
})

describe('CrashHistory', () => {
  test('doubles the delay, and gives up at the fifth crash within a minute', () => {
    const crashes = new CrashHistory()
    expect([0, 1, 2, 3, 4].map((n) => crashes.record(n * 1000, 0, 0.5))).toEqual([200, 400, 800, 1600, null])
  })

  test('an instance that served for half a minute begins anew', () => {
    const crashes = new CrashHistory()
    for (const n of [0, 1, 2, 3]) crashes.record(n, 0, 0.5)
    expect(crashes.record(4, 30_000, 0.5)).toBe(200)
  })

  test('crashes that are far apart are no loop, and the delay never passes 30 s and its jitter', () => {
    const crashes = new CrashHistory()
    for (let n = 0; n < 50; n++) {
      const delay = crashes.record(n * 61_000, 1_000, 1)
      expect(delay).toBeLessThanOrEqual(37_500)
      expect(delay).not.toBeNull()
    }
  })
})

describe('isFromConsole', () => {
  const address = 'http://localhost:8000'
  test.each([
    ['POST', { origin: 'http://localhost:8000' }, true],
    ['POST', { origin: 'https://localhost:8000' }, true],
    ['POST', { origin: 'http://abcdef.localhost:8000' }, false],
    ['POST', { origin: 'http://localhost:8000.evil.test' }, false],
    ['POST', { origin: 'null' }, false],
    ['POST', {}, false],
    ['POST', { 'sec-fetch-site': 'same-origin' }, false],
    ['GET', { 'sec-fetch-site': 'same-origin' }, true],
    ['GET', { 'sec-fetch-site': 'same-site' }, false],
    ['GET', { 'sec-fetch-site': 'cross-site', referer: 'http://localhost:8000/' }, false],
    ['GET', { origin: 'http://abcdef.localhost:8000', 'sec-fetch-site': 'same-origin' }, false],
    ['GET', { referer: 'http://localhost:8000/apps' }, true],
    ['GET', { referer: 'http://abcdef.localhost:8000/' }, false],
    ['GET', { referer: 'nonsense' }, false],
    ['GET', {}, false],
  ] as const)('%s %j: %s', (method, headers, expected) => {
    expect(isFromConsole(headers, address, method)).toBe(expected)
  })
  test('behind TLS, a page that came without it is not the console', () => {
    expect(isFromConsole({ origin: 'http://lathe.test' }, 'https://lathe.test', 'POST')).toBe(false)
    expect(isFromConsole({ origin: 'https://lathe.test' }, 'https://lathe.test', 'POST')).toBe(true)
  })
})

test('bearerToken reads RFC 6750 headers only', () => {
  expect(bearerToken('Bearer lathe_abc-1.2')).toBe('lathe_abc-1.2')
  expect(bearerToken('bearer x')).toBe('x')
  for (const no of [undefined, null, '', 'Bearer', 'Bearer ', 'Basic abc', 'Bearer a b', 'Bearer "a"']) {
    expect(bearerToken(no)).toBeNull()
  }
})

describe('appDatabaseUrl', () => {
  test.each([
    [
      'mongodb://lathe:pw@127.0.0.1:27017/?authSource=admin',
      'mongodb://app_abc222:p%2Fw@127.0.0.1:27017/app_abc222?authSource=app_abc222',
    ],
    [
      'mongodb://h1:1,h2:2/lathe?replicaSet=rs0&tls=true',
      'mongodb://app_abc222:p%2Fw@h1:1,h2:2/app_abc222?replicaSet=rs0&tls=true&authSource=app_abc222',
    ],
    [
      'mongodb+srv://u:p@cluster.example',
      'mongodb+srv://app_abc222:p%2Fw@cluster.example/app_abc222?authSource=app_abc222',
    ],
    [
      'mongodb://h/?authMechanism=SCRAM-SHA-1&AUTHSOURCE=x',
      'mongodb://app_abc222:p%2Fw@h/app_abc222?authSource=app_abc222',
    ],
  ])('%s', (platform, expected) => {
    expect(appDatabaseUrl(platform, 'abc222', 'p/w')).toBe(expected)
  })
})

test('Mutexes runs a key’s tasks one after another, in order, whatever they do', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.boolean())), async (tasks) => {
      const mutexes = new Mutexes()
      const seen: Record<string, number[]> = { a: [], b: [] }
      const inside = { a: 0, b: 0 }
      await Promise.allSettled(
        tasks.map(([key, fails], index) =>
          mutexes.run(key, async () => {
            expect(++inside[key]).toBe(1)
            seen[key]!.push(index)
            await Promise.resolve()
            inside[key]--
            if (fails) throw new Error('fails')
          }),
        ),
      )
      for (const key of ['a', 'b']) {
        expect(seen[key]).toEqual(tasks.flatMap(([k], index) => (k === key ? [index] : [])))
      }
    }),
  )
})

test('Semaphore lets no more in than it has permits', async () => {
  const semaphore = new Semaphore(2)
  let inside = 0
  let most = 0
  await Promise.all(
    Array.from({ length: 9 }, () =>
      semaphore.run(async () => {
        most = Math.max(most, ++inside)
        await new Promise((resolve) => setImmediate(resolve))
        inside--
      }),
    ),
  )
  expect(most).toBe(2)
})

test('AsyncQueue hands over what was pushed before and during the reading, in order, then ends', async () => {
  const queue = new AsyncQueue<number>()
  const pushed: number[] = []
  const push = (value: number) => {
    pushed.push(value)
    queue.push(value)
  }
  push(1)
  const read: number[] = []
  const reading = (async () => {
    for await (const value of queue) {
      read.push(value)
      if (value === 1) push(2)
    }
  })()
  await Promise.resolve()
  push(3)
  setImmediate(() => {
    push(4)
    queue.end()
    queue.push(5)
  })
  await reading
  expect(read).toEqual(pushed)
  expect(read.toSorted()).toEqual([1, 2, 3, 4])
})

describe('exitMessage', () => {
  test('shows what the process said last', () => {
    expect(exitMessage({ how: 'exit code 1', stderr: 'Error: no\n    at x\n' })).toBe(
      'The runtime ended (exit code 1).\nError: no\n    at x',
    )
    expect(exitMessage({ how: 'signal SIGKILL', stderr: '' })).toBe('The runtime ended (signal SIGKILL).')
  })

  test('says out of memory in one line, without V8’s own frames', () => {
    const stderr = `<--- Last few GCs --->

[2:0x1]     7952 ms: Mark-Compact 259.9 (267.5) -> 259.9 (267.5) MB

FATAL ERROR: Ineffective mark-compacts near heap limit Allocation failed - JavaScript heap out of memory
----- Native stack trace -----

 1: 0x840e50  [node]
18: 0x1ae5a76  [node]`
    expect(exitMessage({ how: 'exit code 134', stderr })).toBe(
      `The runtime ran out of memory (exit code 134).
FATAL ERROR: Ineffective mark-compacts near heap limit Allocation failed - JavaScript heap out of memory`,
    )
  })
})
