import { isTestFile } from '@lathe/shared'
import type { FunctionDoc } from '../../mongo/documents.ts'
import { repeatable } from '../../mongo/errors.ts'
import type { Mongo } from '../../mongo/mongo.ts'
import { notFound, Refusal } from '../../refusal.ts'

/** Slots of living functions: their names. Those in the recycle bin begin with `~`, which no name can. */
export const isAlive = { $lt: '~' } as const
export const isDeleted = { $gte: '~' } as const

export function deletedSlot(id: string): string {
  return `~${id}`
}

/** A living function of an app that was scoped to the caller before. */
export async function functionOf(mongo: Mongo, appid: string, name: string): Promise<FunctionDoc> {
  const found = await repeatable(() => mongo.functions.findOne({ appid, slot: name }))
  if (!found) throw notFound('function', name)
  return found
}

/** The same by its id, which outlives a rename. */
export async function functionById(mongo: Mongo, appid: string, id: string): Promise<FunctionDoc> {
  const found = await repeatable(() => mongo.functions.findOne({ _id: id }))
  if (!found || found.appid !== appid || found.deletedAt) throw notFound('function', id)
  return found
}

/** @throws Refusal INVALID_INPUT for a file of tests: it has no address, and runs in `tests.run` alone */
export function refuseTestFile(name: string): void {
  if (!isTestFile(name)) return
  const message = `${name} is a file of tests: it is saved, and run with the tests, but never published.`
  throw new Refusal('INVALID_INPUT', message, { issues: [{ path: 'name', message }] })
}
