import type { Attempt } from './attempt.ts'

const FS = `const fs = await import('node:fs'); const secret = at.victim.dir + '/state/snapshot.json';`
const NOT_READ = 'the other app’s functions and variables are read'
const NOT_WRITTEN = 'a file outside of the app’s own folder is made or changed'

/** Files of other apps, of the platform and of the system. */
export const fileAttempts: Attempt[] = [
  ...(
    [
      ['the other app’s snapshot', `return fs.readFileSync(secret)`],
      [
        'the snapshot by way of ..',
        `return fs.readFileSync(at.own + '/../' + at.victim.appid + '/state/snapshot.json')`,
      ],
      [
        'the snapshot by an encoded URL',
        `return fs.readFileSync(new URL('file://' + at.own + '/%2e%2e/' + at.victim.appid + '/state/snapshot.json'))`,
      ],
      ['the snapshot by a path of bytes', 'return fs.readFileSync(Buffer.from(secret))'],
      [
        'the snapshot by a file handle',
        'const h = await fs.promises.open(secret); return await h.readFile()',
      ],
      [
        'the snapshot as a stream',
        'const parts = []; for await (const part of fs.createReadStream(secret)) parts.push(part); return Buffer.concat(parts)',
      ],
      ['the snapshot as a blob', 'return await (await fs.openAsBlob(secret)).text()'],
      [
        'a symbolic link to the other app’s folder',
        `const link = at.own + '/tmp/absolute'; fs.rmSync(link, { force: true }); fs.symlinkSync(at.victim.dir, link); return fs.readFileSync(link + '/state/snapshot.json')`,
      ],
      [
        'a relative symbolic link to it',
        `const link = at.own + '/tmp/relative'; fs.rmSync(link, { force: true }); fs.symlinkSync('../../' + at.victim.appid, link); return fs.readFileSync(link + '/state/snapshot.json')`,
      ],
      [
        'a hard link to the snapshot',
        `const link = at.own + '/tmp/hard'; fs.rmSync(link, { force: true }); fs.linkSync(secret, link); return fs.readFileSync(link)`,
      ],
      [
        'a copy of the snapshot',
        `fs.copyFileSync(secret, at.own + '/tmp/copy'); return fs.readFileSync(at.own + '/tmp/copy')`,
      ],
      [
        'a copy of the whole folder',
        `fs.cpSync(at.victim.dir, at.own + '/tmp/tree', { recursive: true }); return fs.readFileSync(at.own + '/tmp/tree/state/snapshot.json')`,
      ],
      [
        'import() of the snapshot',
        `return (await import('file://' + secret, { with: { type: 'json' } })).default`,
      ],
      [
        'require of the snapshot',
        `const { createRequire } = await import('node:module'); return createRequire(at.own + '/x.js')(secret)`,
      ],
      [
        'a database file made of it',
        `const { DatabaseSync } = await import('node:sqlite'); return fs.readdirSync(at.data + '/mongo') && new DatabaseSync(at.data + '/mongo/' + fs.readdirSync(at.data + '/mongo').find((n) => n.endsWith('.sqlite') || n.endsWith('.db')), { readOnly: true }).prepare('select * from sqlite_schema').all()`,
      ],
      [
        'attaching a database file of another app',
        `const { DatabaseSync } = await import('node:sqlite'); const db = new DatabaseSync(':memory:'); db.exec("ATTACH '" + at.outside + "/attached.db' AS other; CREATE TABLE other.t (x)"); return 'attached'`,
      ],
    ] as const
  ).map(([name, code]) => ({ name, code: `${FS} ${code}`, never: NOT_READ, denied: 'system' as const })),
  ...(
    [
      ['which apps there are', `return fs.readdirSync(at.data + '/apps').includes(at.victim.appid)`],
      [
        'which apps there are, by opendir',
        `const dir = fs.opendirSync(at.data + '/apps'); for await (const { name } of dir) if (name === at.victim.appid) return name`,
      ],
      [
        'which apps there are, by a pattern',
        `return fs.globSync('*', { cwd: at.data + '/apps' }).includes(at.victim.appid)`,
      ],
      ['whether a file is there, by stat', 'return fs.statSync(secret).size'],
      ['whether a file is there, by lstat', 'return fs.lstatSync(secret).size'],
      ['whether a file is there, by exists', 'return fs.existsSync(secret)'],
      ['where a file is, by realpath', 'return fs.realpathSync.native(secret)'],
      ['when it changes, by watch', 'const w = fs.watch(at.victim.dir); w.close(); return "watched"'],
      ['the platform’s key', `return fs.readFileSync(at.data + '/secret.key')`],
      ['the platform’s routes', `return fs.readFileSync(at.data + '/routes.json')`],
      ['the logs of others', `return fs.readFileSync(at.data + '/logs/api.log')`],
      ['the packages of others', 'return fs.readdirSync(at.data + "/packages/apps/" + at.victim.appid)'],
      [
        'which apps have packages',
        'return fs.readdirSync(at.data + "/packages/apps").includes(at.victim.appid)',
      ],
      [
        'the sockets of others',
        `return fs.readdirSync(at.victim.socket.slice(0, at.victim.socket.lastIndexOf('/')))`,
      ],
      ['the system’s users', `return fs.readFileSync('/etc/passwd')`],
      ['the folder above', `process.chdir(at.own); return fs.readdirSync('..').includes(at.victim.appid)`],
    ] as const
  ).map(([name, code]) => ({
    name,
    code: `${FS} ${code}`,
    never: 'files that are not the app’s are read or found',
    denied: 'system' as const,
  })),
  ...(
    [
      ['a file in the other app’s folder', `fs.writeFileSync(at.victim.dir + '/planted', 'x')`],
      ['a folder in the platform’s data', `fs.mkdtempSync(at.data + '/planted-')`],
      ['a file of the platform, removed', 'fs.rmSync(at.decoy + "-removed")'],
      ['a file of the platform, renamed', 'fs.renameSync(at.decoy + "-renamed", at.own + "/tmp/stolen")'],
      ['a file of the platform, cut', 'fs.truncateSync(at.decoy, 0)'],
      ['a file of the platform, opened to all', 'fs.chmodSync(at.decoy, 0o777)'],
      ['the owner of a file', 'fs.chownSync(at.decoy, 65534, 65534)'],
      ['the times of a file', 'fs.utimesSync(at.decoy, 1, 1)'],
      ['temporary files of the machine', `fs.writeFileSync(at.outside + '/planted', 'x')`],
      [
        'a report of the process where it likes',
        `process.report.directory = at.outside; process.report.writeReport('planted.json')`,
      ],
      [
        'a picture of the heap where it likes',
        `(await import('node:v8')).writeHeapSnapshot(at.outside + '/planted.heapsnapshot')`,
      ],
      [
        'a database file where it likes',
        `const { DatabaseSync } = await import('node:sqlite'); new DatabaseSync(at.outside + '/planted.db').exec('create table t (x)')`,
      ],
      [
        'a copy of a database where it likes',
        `const { DatabaseSync } = await import('node:sqlite'); new DatabaseSync(':memory:').exec("VACUUM INTO '" + at.outside + "/vacuum.db'")`,
      ],
      [
        'a backup of a database where it likes',
        `const { DatabaseSync, backup } = await import('node:sqlite'); await backup(new DatabaseSync(':memory:'), at.outside + '/backup.db')`,
      ],
      [
        'a cache of compiled code where it likes',
        `const m = await import('node:module'); if (m.enableCompileCache(at.outside + '/cache').status !== m.constants.compileCacheStatus.ENABLED) return false`,
      ],
    ] as const
  ).map(([name, code]) => ({
    name,
    code: `${FS} ${code}; return 'done'`,
    never: NOT_WRITTEN,
    // Behind bubblewrap alone, folders that it had to make can be written, and are not the machine's.
    denied: /mkdtemp|report|enableCompileCache/.test(code) ? ('walls' as const) : ('system' as const),
  })),
  ...(
    [
      ['a package that apps share', `fs.appendFileSync(at.packageFile, ' ')`],
      [
        'a package that apps share, by a hard link of its own',
        `const link = at.own + '/tmp/package'; fs.rmSync(link, { force: true }); fs.linkSync(at.packageFile, link); fs.appendFileSync(link, ' ')`,
      ],
      ['the mode of a package', 'fs.fchmodSync(fs.openSync(at.packageFile, "r"), 0o755)'],
      ['the times of a package', 'fs.futimesSync(fs.openSync(at.packageFile, "r"), 1, 1)'],
      ['the times of a package, by its name', 'fs.lutimesSync(at.packageFile, 1, 1)'],
      ['the place of a package', 'fs.renameSync(at.packageFile, at.own + "/tmp/moved")'],
    ] as const
  ).map(([name, code]) => ({
    name,
    code: `${FS} ${code}; return 'done'`,
    never: 'a file that all apps import is changed',
    denied: 'system' as const,
  })),
]
