/** Proof that the file is whole and that every collection agrees with its indexes. */
import { Catalog } from '../storage/catalog.ts'
import { checkCollection } from '../storage/check.ts'
import { openForReading } from './snapshot.ts'

export interface CheckReport {
  readonly collections: number
  readonly indexes: number
  readonly documents: number
  /** What is wrong, in words; empty when all is well. */
  readonly errors: readonly string[]
}

/** Checks the committed state of one moment; the server may run meanwhile. */
export async function check(dataDir: string): Promise<CheckReport> {
  const connection = openForReading(dataDir)
  try {
    connection.exec('BEGIN')
    const report = { collections: 0, indexes: 0, documents: 0, errors: [] as string[] }
    for (const [problem] of connection.all('PRAGMA integrity_check')) {
      if (problem !== 'ok') report.errors.push(`file: ${String(problem)}`)
    }
    if (report.errors.length > 0) return report
    for (const collection of new Catalog(connection).all()) {
      report.collections += 1
      report.indexes += collection.indexes.length
      const { errors, records } = await checkCollection(connection, collection, async () => {})
      report.documents += records
      for (const error of errors) report.errors.push(`${collection.ns}: ${error}`)
    }
    return report
  } finally {
    connection.close()
  }
}
