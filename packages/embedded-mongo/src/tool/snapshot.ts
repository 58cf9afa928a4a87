/** The files of a database that may be in use by a running server. */
import { chmodSync, closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Connection } from '../storage/connection.ts'
import { ToolError } from './tool-error.ts'

/** Opens the database of a data folder for reading, beside a running server. Throws ToolError when there is none. */
export function openForReading(dataDir: string): Connection {
  const file = join(dataDir, 'data.sqlite')
  if (!existsSync(file)) throw new ToolError(`there is no database in ${dataDir}`)
  return new Connection(file, { readOnly: true })
}

/**
 * Writes the committed state of one moment into a new file, which can be used as `data.sqlite`. The server may run
 * meanwhile. The file appears under its name when it is complete and on disk.
 */
export function backup(dataDir: string, file: string): void {
  if (existsSync(file)) throw new ToolError(`${file} exists already`)
  const partial = `${file}.partial`
  rmSync(partial, { force: true })
  const source = openForReading(dataDir)
  try {
    source.run('VACUUM INTO ?', partial)
  } catch (error) {
    rmSync(partial, { force: true })
    throw error
  } finally {
    source.close()
  }
  // It holds what users sign in with.
  chmodSync(partial, 0o600)
  const handle = openSync(partial, 'r+')
  fsyncSync(handle)
  closeSync(handle)
  renameSync(partial, file)
}
