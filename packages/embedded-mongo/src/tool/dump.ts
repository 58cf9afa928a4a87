/**
 * Writes the databases of a server into a folder as `mongodump --out` lays it out: `<db>/<collection>.bson` and
 * `<db>/<collection>.metadata.json`. `mongorestore` reads it, and so does {@link restore}.
 */
import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { BSON, type CollectionInfo, type Db, type MongoClient } from 'mongodb'
import { ToolError } from './tool-error.ts'

const OWN = ['admin', 'config', 'local']

export interface Moved {
  collections: number
  documents: number
}

/** Dumps all databases but the server's own, or only `only`. The folder must not exist. */
export async function dump(client: MongoClient, folder: string, only?: string): Promise<Moved> {
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    throw new ToolError(`the folder ${folder} cannot be made: ${error.code}`)
  })
  const { databases } = await client.db('admin').admin().listDatabases({ nameOnly: true })
  const names = databases.map((d) => d.name).filter((name) => (only ? name === only : !OWN.includes(name)))
  if (only && names.length === 0) throw new ToolError(`there is no database ${only}`)
  const moved = { collections: 0, documents: 0 }
  for (const name of names) {
    const db = client.db(name)
    await mkdir(join(folder, name), { mode: 0o700 })
    for (const info of await db.listCollections().toArray()) {
      if (info.name.startsWith('system.')) continue
      if (info.type !== 'collection')
        throw new ToolError(`${name}.${info.name} is a ${info.type}: it cannot be dumped`)
      moved.documents += await dumpCollection(
        db,
        info as CollectionInfo,
        join(folder, name, fileName(info.name)),
      )
      moved.collections += 1
    }
  }
  return moved
}

/** mongodump's names: what a file name cannot hold is percent-encoded. */
function fileName(collection: string): string {
  return encodeURIComponent(collection)
}

async function dumpCollection(db: Db, info: CollectionInfo, path: string): Promise<number> {
  const collection = db.collection(info.name)
  let documents = 0
  async function* raw() {
    // The bytes as they are stored: nothing is decoded, so nothing can change.
    for await (const document of collection.find({}, { raw: true })) {
      documents += 1
      yield document as unknown as Buffer
    }
  }
  await pipeline(raw, createWriteStream(`${path}.bson`, { mode: 0o600, flags: 'wx' }))
  const { uuid, ...options } = { ...info.options, uuid: info.info?.uuid }
  const metadata = {
    options,
    indexes: await collection.listIndexes().toArray(),
    uuid: uuid?.toString('hex').replaceAll('-', ''),
    collectionName: info.name,
    type: 'collection',
  }
  await writeFile(`${path}.metadata.json`, BSON.EJSON.stringify(metadata, { relaxed: false }), {
    mode: 0o600,
  })
  return documents
}
