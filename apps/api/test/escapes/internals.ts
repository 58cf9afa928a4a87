import type { Attempt } from './attempt.ts'

const denied = 'walls' as const

/** Ways inside Node that lead around its permission model, or to the platform's own code in the process. */
export const internalAttempts: Attempt[] = [
  ...(
    [
      [
        'a session on the main thread',
        `const s = new (require('node:inspector').Session)(); s.connect(); return 'connected'`,
      ],
      [
        'a session of promises',
        `const s = new (require('node:inspector/promises').Session)(); s.connect(); return 'connected'`,
      ],
      [
        'a session by getBuiltinModule',
        `const s = new (process.getBuiltinModule('inspector').Session)(); s.connect(); return 'connected'`,
      ],
      [
        'a debug port',
        `require('node:inspector').open(0, '127.0.0.1'); return require('node:inspector').url()`,
      ],
    ] as const
  ).map(
    ([name, code]) => [name, code, 'the app debugs its own process, the keeper’s watch included'] as const,
  ),
  ...(
    [
      ['the binding of the file system', `return Object.keys(process.binding('fs')).length`],
      ['the binding of constants', `return Object.keys(process.binding('constants')).length`],
      ['a native addon by require', `return Object.keys(require(at.addon)).length`],
      [
        'a native addon by process.dlopen',
        `const m = { exports: {} }; process.dlopen(m, at.addon); return Object.keys(m.exports).length`,
      ],
      ['a native addon by import()', `return Object.keys(await import('file://' + at.addon)).length`],
      [
        'a native addon by Module._extensions',
        `const m = { exports: {} }; require('node:module')._extensions['.node'](m, at.addon); return Object.keys(m.exports).length`,
      ],
      [
        'a WASI with the whole disk',
        `const { WASI } = require('node:wasi'); return new WASI({ version: 'preview1', preopens: { '/': '/' } }) && 'made'`,
      ],
      [
        'functions of libc',
        `const ffi = require('node:ffi'); return (ffi.dlopen ?? ffi.DynamicLibrary) && String(ffi.dlopen('libc.so.6', {}))`,
      ],
      [
        'an extension of SQLite',
        `const { DatabaseSync } = require('node:sqlite'); const db = new DatabaseSync(':memory:', { allowExtension: true }); try { db.loadExtension(at.addon) } catch (error) { if (!/undefined symbol|entry point/.test(error.message)) throw error } return 'loaded'`,
      ],
    ] as const
  ).map(
    ([name, code]) =>
      [name, code, 'machine code of the app’s choice runs, or Node’s checks are passed by'] as const,
  ),
  ...(
    [
      [
        'hooks on all imports',
        `require('node:module').registerHooks({ resolve: (s, c, n) => n(s, c) }); return 'hooked'`,
      ],
      [
        'hooks on all imports, in a thread',
        `require('node:module').register('data:text/javascript,'); return 'hooked'`,
      ],
      [
        'flags of V8',
        `require('node:v8').setFlagsFromString('--allow-natives-syntax'); return eval('%IsBeingInterpreted() || true')`,
      ],
      [
        'the callback of uncaught exceptions',
        `process.setUncaughtExceptionCaptureCallback(null); process.setUncaughtExceptionCaptureCallback(() => {}); return 'set'`,
      ],
      [
        'the rights of the process, by seteuid',
        `process.seteuid(process.geteuid() === 0 ? 65534 : process.geteuid()); return 'set'`,
      ],
      ['the groups of the process', `process.initgroups(process.getuid(), process.getgid()); return 'set'`],
      ['the folder it works in', `process.chdir('/'); return process.cwd()`],
      ['the mask of new files', `return 'mask ' + process.umask(0)`],
      ['a file of variables', `process.loadEnvFile(at.data + '/secret.key'); return 'loaded'`],
    ] as const
  ).map(
    ([name, code]) => [name, code, 'the process no longer does what the platform set it up for'] as const,
  ),
  ...(
    [
      ['the end of the process', `process.exit(0)`],
      ['the end of the process, really', `process.reallyExit(0)`],
      ['an abort', `process.abort()`],
    ] as const
  ).map(
    ([name, code]) => [name, `${code}; return 'survived'`, 'one function ends the process of all'] as const,
  ),
].map(([name, code, never]) => ({
  name,
  code: `const require = (await import('node:module')).createRequire(at.own + '/x.js'); ${code}`,
  never,
  denied,
}))

/** What is the app's to take, and must not hold anything of the platform's. The test looks for its secrets in it. */
export const lootAttempts: Attempt[] = (
  [
    ['all variables of the environment', `return JSON.stringify(process.env)`],
    ['a report of the process', `return JSON.stringify(process.report.getReport())`],
    [
      'the arguments of the process',
      `return JSON.stringify([process.argv, process.execArgv, process.title])`,
    ],
    [
      'the handles of the event loop',
      `return (await import('node:util')).inspect(process._getActiveHandles?.() ?? [], { depth: 6 })`,
    ],
    [
      'what hangs on a request',
      `return (await import('node:util')).inspect(ctx.request, { depth: 8, showHidden: true })`,
    ],
    [
      'the whole heap',
      `globalThis.marker = ['marker', Math.random()].join('-'); const parts = []; for await (const part of (await import('node:v8')).getHeapSnapshot()) parts.push(part)
       const text = Buffer.concat(parts).toString()
       if (!text.includes(globalThis.marker)) throw new Error('blind')
       const found = at.backwards.filter((word) => text.includes(word.split('').reverse().join('')))
       return found.length > 0 && found`,
    ],
    [
      'the frames below it on the stack',
      `Error.prepareStackTrace = (error, sites) => sites; const sites = new Error('x').stack; delete Error.prepareStackTrace
       return JSON.stringify(sites.map((site) => [String(site.getThis()), String(site.getFunction())]))`,
    ],
    [
      'what async hooks see',
      `const seen = new Set(); const h = (await import('node:async_hooks')).createHook({ init: (i, type, t, resource) => { seen.add(resource) } }).enable(); await new Promise((r) => setTimeout(r, 60)); h.disable(); return (await import('node:util')).inspect([...seen], { depth: 5 })`,
    ],
  ] as const
).map(([name, code]) => ({
  name,
  code,
  never: 'a secret of the platform is in it',
  denied: 'platform' as const,
}))
