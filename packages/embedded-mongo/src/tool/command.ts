/** The `db` command: `check`, `backup`, `dump` and `restore`. */
import { mkdtemp, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { MongoClient } from 'mongodb'
import { check } from './check.ts'
import { dump } from './dump.ts'
import { withFolder } from './folder-server.ts'
import { restore } from './restore.ts'
import { backup } from './snapshot.ts'
import { ToolError } from './tool-error.ts'

export const USAGE = `db check                     prove that the file is whole and that indexes agree with collections
db backup <file>             write the state of this moment into a file; Lathe may run meanwhile
db dump <folder>             write all databases as mongodump does; Lathe may run meanwhile
db restore <folder>          bring in what dump or mongodump wrote; Lathe must be stopped

  --data <folder>   Lathe's data folder (else LATHE_DATA, else ./.lathe)
  --url <url>       dump or restore: a MongoDB instead of the embedded database
  --db <name>       dump: only this database
  --drop            restore: replace collections that exist`

export interface ToolIo {
  /** Where relative paths begin. */
  readonly cwd: string
  /** Lathe's data folder when `--data` is not given. */
  readonly data: string
  print(line: string): void
}

const OPTIONS = {
  data: { type: 'string' },
  url: { type: 'string' },
  db: { type: 'string' },
  drop: { type: 'boolean' },
} as const

/** Runs one command. Answers whether all is well; throws ToolError for what the person can mend. */
export async function runDb(args: readonly string[], io: ToolIo): Promise<boolean> {
  const { values, positionals } = parse(args)
  const [name, path, ...more] = positionals
  const dataDir = join(resolve(io.cwd, values.data ?? io.data), 'mongo')
  if (name === 'check' && path === undefined) return report(dataDir, io)
  if (path === undefined || more.length > 0) throw new ToolError(USAGE)
  const target = resolve(io.cwd, path)
  if (name === 'backup') {
    backup(dataDir, target)
    io.print(`backed up to ${target}`)
    return true
  }
  if (name !== 'dump' && name !== 'restore') throw new ToolError(USAGE)
  const work = (client: MongoClient) =>
    name === 'dump'
      ? dump(client, target, values.db)
      : restore(client, target, { drop: values.drop ?? false })
  const moved = await (values.url
    ? withUrl(values.url, work)
    : name === 'dump'
      ? withCopy(dataDir, target, work)
      : withFolder(dataDir, work))
  io.print(
    `${name === 'dump' ? 'dumped' : 'restored'} ${moved.documents} documents in ${moved.collections} collections`,
  )
  return true
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
  } catch (error) {
    throw new ToolError(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`)
  }
}

async function report(dataDir: string, io: ToolIo): Promise<boolean> {
  const { collections, indexes, documents, errors } = await check(dataDir)
  for (const error of errors) io.print(error)
  const what = `${documents} documents in ${collections} collections, ${indexes} indexes`
  io.print(errors.length === 0 ? `ok: ${what}` : `${errors.length} errors: ${what}`)
  return errors.length === 0
}

async function withUrl<T>(url: string, work: (client: MongoClient) => Promise<T>): Promise<T> {
  const client = new MongoClient(url, { appName: 'lathe-db' })
  try {
    return await work(await client.connect())
  } finally {
    await client.close()
  }
}

/** A dump reads a copy beside it: it is the state of one moment, needs no password, and the server may run. */
async function withCopy<T>(
  dataDir: string,
  target: string,
  work: (client: MongoClient) => Promise<T>,
): Promise<T> {
  const copy = await mkdtemp(`${target}.copy-`)
  try {
    backup(dataDir, join(copy, 'data.sqlite'))
    return await withFolder(copy, work)
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}
