import type { Attempt } from './attempt.ts'

const HTTP = `const http = await import('node:http')
const ask = (options, body) => new Promise((done, fail) => { const r = http.request({ agent: false, ...options }, async (answer) => { const parts = []; for await (const part of answer) parts.push(part); done({ status: answer.statusCode, text: Buffer.concat(parts).toString() }) }); r.on('upgrade', (answer) => done({ status: 101 })).on('error', fail).setTimeout(5000, () => r.destroy(new Error('silence'))); r.end(body) })
const upgrade = (path, authorization) => ask({ socketPath: at.controlSocket, path, headers: { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==', ...(authorization ? { authorization } : {}) } });
`

/** The sockets of the platform, and its public doors with what is forged. */
export const doorAttempts: Attempt[] = [
  ...(
    [
      [
        'the figures of all apps, from the api’s own socket',
        `return (await ask({ socketPath: at.apiSocket, path: '/metrics' })).status`,
      ],
      [
        'the api, past the gateway',
        `return (await ask({ socketPath: at.apiSocket, path: '/readyz' })).status`,
      ],
      [
        'the other app’s runtime, past the gateway',
        `return (await ask({ socketPath: at.victim.socket, path: '/secret', headers: { host: 'x', 'x-forwarded-for': '10.0.0.1' } })).status`,
      ],
      [
        'the other app’s runtime, by net.connect',
        `const net = await import('node:net'); return await new Promise((done, fail) => net.connect({ path: at.victim.socket }, () => done('connected')).on('error', fail))`,
      ],
      [
        'the other app’s runtime, by the inner class of pipes',
        `const net = await import('node:net'), { createHook } = await import('node:async_hooks');
         const found = new Set(); const hook = createHook({ init(i, type, t, resource) { found.add(resource.constructor) } }).enable();
         const probe = net.connect(at.own + '/none.sock').on('error', () => {}); hook.disable();
         const Pipe = (ctx?.request.socket ?? probe)._handle.constructor, Request = [...found].find(({ name }) => name === 'PipeConnectWrap');
         const request = Object.assign(new Request(), {}); return await new Promise((done, fail) => {
           request.oncomplete = (status) => (status === 0 ? done('connected') : fail(new Error('status ' + status)));
           const code = new Pipe(0).connect(request, at.victim.socket); if (code) fail(new Error('code ' + code)) })`,
      ],
      [
        'the control channel',
        `return await new Promise((done, fail) => { const r = http.request({ socketPath: at.controlSocket, path: '/' }, (answer) => done(answer.statusCode)); r.on('error', fail); r.end() })`,
      ],
    ] as const
  ).map(([name, code]) => ({
    name,
    code: HTTP + code,
    never: 'the app speaks with a socket of the platform or of another app',
    denied: 'walls' as const,
  })),
  ...(
    [
      [
        'a door of its own on a port',
        `const server = http.createServer(); await new Promise((done, fail) => server.listen(0, '127.0.0.1', done).on('error', fail)); const { port } = server.address(); server.close(); return port`,
      ],
      [
        'a door of its own on all addresses',
        `const net = await import('node:net'); const server = net.createServer(); await new Promise((done, fail) => server.listen(0, done).on('error', fail)); server.close(); return 'listening'`,
      ],
      [
        'a door of its own on a socket elsewhere',
        `const net = await import('node:net'); const server = net.createServer(); await new Promise((done, fail) => server.listen(at.outside + '/own.sock', done).on('error', fail)); server.close(); return 'listening'`,
      ],
      [
        'a port for datagrams',
        `const socket = (await import('node:dgram')).createSocket('udp4'); await new Promise((done, fail) => socket.bind(40_000 + Math.floor(Math.random() * 20_000), '127.0.0.1', done).on('error', fail)); socket.close(); return 'bound'`,
      ],
      [
        'the pipe by which the platform ends it',
        `const net = await import('node:net'); return new net.Socket({ fd: 0 }).destroyed ? false : 'taken'`,
      ],
      ['its runtime’s door, removed', `(await import('node:fs')).unlinkSync(at.socket); return 'removed'`],
      [
        'its runtime’s door, replaced',
        `const net = await import('node:net'); const server = net.createServer(); (await import('node:fs')).rmSync(at.socket, { force: true }); await new Promise((done, fail) => server.listen(at.socket, done).on('error', fail)); return 'replaced'`,
      ],
    ] as const
  ).map(([name, code]) => ({
    name,
    code: HTTP + code,
    never: 'the app answers where the platform or nobody should',
    denied: 'walls' as const,
  })),
  {
    name: 'a service of the machine on loopback',
    code: `${HTTP} return (await ask({ host: '127.0.0.1', port: at.port, path: '/' })).status`,
    never: 'the app speaks with what listens on the machine',
    denied: 'walls',
    gap: { permission: 'network', bwrap: 'network' },
  },
  ...(
    [
      [
        'the api’s figures through the gateway',
        `const a = await ask({ port: at.port, host: '127.0.0.1', path: '/metrics', headers: { host: 'localhost:' + at.port } }); return /lathe_/.test(a.text) && a.status`,
      ],
      [
        'the other app’s variables without a session',
        `const a = await ask({ port: at.port, host: '127.0.0.1', method: 'POST', path: '/trpc/env.list', headers: { host: 'localhost:' + at.port, 'content-type': 'application/json' } }, JSON.stringify({ appid: at.victim.appid })); return a.status === 200`,
      ],
      [
        'the api with a forged bearer',
        `const a = await ask({ port: at.port, host: '127.0.0.1', path: '/trpc/apps.list', headers: { host: 'localhost:' + at.port, authorization: 'Bearer lathe_' + 'a'.repeat(40) } }); return a.status === 200`,
      ],
      [
        'the api with a forged session',
        `const a = await ask({ port: at.port, host: '127.0.0.1', path: '/trpc/apps.list', headers: { host: 'localhost:' + at.port, cookie: 'better-auth.session_token=' + 'a'.repeat(32) + '.b' } }); return a.status === 200`,
      ],
      [
        'a run of the other app with a forged token',
        `const a = await ask({ port: at.port, host: '127.0.0.1', path: '/echo', headers: { host: new URL(at.victim.url).host, 'x-lathe-run': 'x'.repeat(40), 'x-lathe-run-token': 'x'.repeat(40) } }); return /"trigger":"cron"|x-lathe-run/.test(a.text) && a.text`,
      ],
      [
        'a visit to the other app from a forged address',
        `const a = await ask({ port: at.port, host: '127.0.0.1', path: '/echo', headers: { host: new URL(at.victim.url).host, 'x-forwarded-for': '10.9.8.7', 'x-forwarded-host': 'evil', 'x-request-id': 'forged' } }); return /10\\.9\\.8\\.7|evil|forged/.test(a.text) && a.text`,
      ],
    ] as const
  ).map(([name, code]) => ({
    name,
    code: HTTP + code,
    never: 'something forged is taken for real',
    denied: 'platform' as const,
  })),
]

/** Run from the outside, against the control socket itself: an app's code cannot reach it (above), and if it could ... */
export const controlAttempts: Attempt[] = (
  [
    ['without a token', `return (await upgrade('/control/runtime')).status === 101`],
    [
      'with a forged token',
      `return (await upgrade('/control/runtime', 'Bearer ' + 'f'.repeat(43))).status === 101`,
    ],
    [
      'with the other app’s instance id for a token',
      `return (await upgrade('/control/runtime', 'Bearer ' + at.victim.socket.split('/').pop().slice(0, -5))).status === 101`,
    ],
    [
      'with the hash of nothing',
      `return (await upgrade('/control/runtime', 'Bearer e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')).status === 101`,
    ],
    ['as a gateway', `return (await upgrade('/control/gateway', 'Bearer ' + '0'.repeat(64))).status === 101`],
    [
      'on a path that there is not',
      `return (await upgrade('/control/../trpc/apps.list', 'Bearer x')).status === 101`,
    ],
    [
      'with a query for a token',
      `return (await upgrade('/control/runtime?token=' + 'f'.repeat(43), 'Bearer')).status === 101`,
    ],
    [
      'with a token that is an operator of the database',
      `return (await upgrade('/control/runtime', 'Bearer {"$ne":null}')).status === 101`,
    ],
  ] as const
).map(([name, code]) => ({
  name,
  code: HTTP + code,
  never: 'the control channel takes the app for another instance or for a gateway',
  denied: 'platform' as const,
}))
