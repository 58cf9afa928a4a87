import type { Attempt } from './attempt.ts'

const denied = 'walls' as const

/** Other processes, other threads, and what stands in /proc. */
export const processAttempts: Attempt[] = [
  ...(
    [
      ['the environment of the api', `'/proc/' + at.apiPid + '/environ'`],
      ['the environment of the other app', `'/proc/' + at.victim.pid + '/environ'`],
      ['the command line of the other app', `'/proc/' + at.victim.pid + '/cmdline'`],
      [
        'the other app’s files through its root',
        `'/proc/' + at.victim.pid + '/root' + at.victim.dir + '/state/snapshot.json'`,
      ],
      ['the other app’s files through its folder', `'/proc/' + at.victim.pid + '/cwd/state/snapshot.json'`],
    ] as const
  ).map(([name, path]) => ({
    name,
    code: `return (await import('node:fs')).readFileSync(${path})`,
    never: 'another process is looked into',
    denied: 'system' as const,
  })),
  ...(
    [
      ['its own first environment, with the token of its control channel', '/proc/self/environ'],
      ['its own memory map', '/proc/self/maps'],
      ['the sockets of the machine', '/proc/net/unix'],
    ] as const
  ).map(([name, path]) => ({
    name,
    code: `return (await import('node:fs')).readFileSync('${path}')`,
    never: 'what the platform keeps from the app is found in /proc',
    denied,
  })),
  ...(
    [
      ['a command', `(await import('node:child_process')).execFileSync('/bin/true') && 'ran'`],
      ['a shell', `(await import('node:child_process')).execSync('echo ran')`],
      [
        'a program in the background',
        `await new Promise((done, fail) => (require('node:child_process')).spawn(process.execPath, ['-v']).on('spawn', () => done('ran')).on('error', fail))`,
      ],
      [
        'a fork of itself',
        `await new Promise((done, fail) => (require('node:child_process')).fork(at.own + '/tmp/none.js').on('spawn', () => done('ran')).on('error', fail))`,
      ],
      [
        'a worker of a cluster',
        `await new Promise((done, fail) => { const c = require('node:cluster'); c.setupPrimary({ exec: at.own + '/tmp/none.js' }); c.fork().on('online', () => done('ran')).on('exit', () => done('ran')).on('error', fail) })`,
      ],
      ['a program in its own place', `process.execve('/bin/true', ['/bin/true'])`],
      [
        'the binding that starts programs',
        `process.binding('spawn_sync').spawn({ file: '/bin/true', args: ['true'], stdio: [] }).pid`,
      ],
      [
        'child_process by process.getBuiltinModule',
        `process.getBuiltinModule('child_process').execSync('echo ran')`,
      ],
      ['child_process by Module._load', `require('node:module')._load('child_process').execSync('echo ran')`],
      [
        'tests in processes of their own',
        `await new Promise((done, fail) => require('node:test').run({ files: [at.own + '/tmp/none.mjs'] }).on('test:fail', (e) => /spawn|ACCESS/.test(String(e.details?.error?.cause?.code ?? e.details?.error)) ? fail(e.details.error) : done('ran')).on('test:pass', () => done('ran')).on('error', fail).resume())`,
      ],
    ] as const
  ).map(([name, code]) => ({
    name,
    code: `const require = (await import('node:module')).createRequire(at.own + '/x.js'); return ${code}`,
    never: 'a program is started',
    denied,
  })),
  ...(
    [
      ['a thread', `new (await import('node:worker_threads')).Worker('0', { eval: true }).threadId`],
      [
        'a thread by another way to the class',
        `Reflect.construct(process.getBuiltinModule('worker_threads').Worker, ['0', { eval: true }]).threadId`,
      ],
    ] as const
  ).map(([name, code]) => ({
    name,
    code: `return ${code}`,
    never: 'a thread runs outside of the watchdog’s reach',
    denied,
  })),
  ...(
    [
      ['a signal to the other app', 'process.kill(at.victim.pid, 0)'],
      ['a signal to the api', 'process.kill(at.apiPid, 0)'],
      ['a signal by the inner function', 'process._kill(at.victim.pid, 0) === 0'],
      ['a debugger in a process', `process._debugProcess(process.pid) ?? 'asked'`],
      ['the priority of the other app', `(await import('node:os')).setPriority(at.victim.pid, 5) ?? 'set'`],
      ['the priority of the api', `(await import('node:os')).setPriority(at.apiPid, 5) ?? 'set'`],
    ] as const
  ).map(([name, code]) => ({
    name,
    code: `return ${code}`,
    never: 'another process is touched',
    denied,
  })),
]
