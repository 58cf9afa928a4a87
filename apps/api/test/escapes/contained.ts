import type { Attempt } from './attempt.ts'

/** What an app can do to its own process: nobody else may notice, and the app has to come back. */
export const selfAttempts: Attempt[] = (
  [
    [
      'garbage into every open file and connection',
      `const fs = await import('node:fs'); for (let fd = 3; fd < 128; fd++) try { fs.writeSync(fd, 'HTTP/1.1 200 OK\\r\\n\\r\\n{"type":"ready"}') } catch {}`,
    ],
    [
      'every open file and connection, closed',
      `const fs = await import('node:fs'); for (let fd = 0; fd < 128; fd++) try { fs.closeSync(fd) } catch {}`,
    ],
    [
      'a first line of output that names another address',
      `(await import('node:fs')).writeSync(1, JSON.stringify({ listening: { kind: 'unix', path: at.victim.socket } }) + '\\n')`,
    ],
    [
      'the server behind its request, closed',
      `const { server } = ctx.request.socket; server?.closeAllConnections?.(); server?.close?.(); server?._handle?.close?.()`,
    ],
    [
      'every handle of the event loop, closed',
      `for (const handle of process._getActiveHandles()) try { handle.close?.(); handle.destroy?.() } catch {}`,
    ],
    [
      'messages to the keeper that make no sense',
      `const ports = process._getActiveHandles().filter((h) => typeof h.postMessage === 'function');
       const { createHook } = await import('node:async_hooks'); const hook = createHook({ before: () => {}, init: (i, type, t, resource) => { if (typeof resource?.postMessage === 'function') ports.push(resource) } }).enable();
       await new Promise((done) => setTimeout(done, 100)); hook.disable();
       for (const port of ports) for (const message of [null, 1, {}, { type: 'live' }, { type: 'synced' }, { type: 'lines', lines: 7 }, { type: 'flush' }, { type: 'invocations', items: [[]] }]) try { port.postMessage(message) } catch {}`,
    ],
    [
      'more memory than its heap may have',
      `const all = []; for (;;) all.push(new Array(1e6).fill({ x: all.length }))`,
    ],
    [
      'a heap of its own making that is deep, not wide',
      `let list = null; for (;;) list = { list, text: String(Math.random()).repeat(50) }`,
    ],
    ['an endless loop', 'for (;;);'],
    ['an endless loop in microtasks', `const again = () => Promise.resolve().then(again); await again()`],
    ['log lines without end', `for (let i = 0; i < 300_000; i++) console.log('flood', i)`],
    ['a line of 50 MB', `console.log('x'.repeat(50_000_000))`],
    [
      'a thousand timers that throw',
      `for (let i = 0; i < 1000; i++) setTimeout(() => { throw new Error('late') }, i % 50)`,
    ],
    ['a thousand rejections', `for (let i = 0; i < 1000; i++) void Promise.reject(new Error('unheard'))`],
    [
      'an answer that never ends its head',
      `ctx.response.socket?.write?.('HTTP/1.1 200 OK\\r\\nx: ' + 'y'.repeat(1_000_000)); await new Promise((done) => setTimeout(done, 50))`,
    ],
    [
      'an answer of another request',
      `ctx.response.socket?.write?.('HTTP/1.1 200 OK\\r\\ncontent-length: 6\\r\\n\\r\\nstolenHTTP/1.1 200 OK\\r\\ncontent-length: 6\\r\\n\\r\\nstolen')`,
    ],
  ] as const
).map(([name, code]) => ({
  name,
  code: `${code}; return null`,
  never: 'another app, the api or the gateway notices',
  denied: 'platform' as const,
  timeoutMs: 2_000,
}))
