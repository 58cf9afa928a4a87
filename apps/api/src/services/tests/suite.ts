import { type FunctionUnit, isTestFile, limits, type TestTarget } from '@lathe/shared'
import { compile } from '../../compile/compile.ts'
import { importedFunctions } from '../../compile/imports.ts'
import type { FunctionDoc } from '../../mongo/documents.ts'
import { repeatable } from '../../mongo/errors.ts'
import type { Mongo } from '../../mongo/mongo.ts'
import { Refusal } from '../../refusal.ts'
import { isAlive } from '../functions/scope.ts'
import { unitOf } from '../functions/units.ts'

/** One function or file of tests, as it is tried. */
export interface SuiteModule {
  name: string
  source: string
  /** Null when it does not compile: `problem` says why. */
  unit: FunctionUnit | null
  problem: string | null
  /** Functions that it imports. */
  imports: string[]
}

/** Everything of an app that a run of its tests loads, by name. */
export type Suite = ReadonlyMap<string, SuiteModule>

/**
 * Reads an app as it is to be tried. Files of tests are always drafts: they are never published.
 * @param target of the functions: `draft` takes drafts where they differ from what is live; `live` takes what is live
 * @param instead sources that take the place of what is saved, e.g. those that are about to be published
 */
export async function readSuite(
  mongo: Mongo,
  appid: string,
  target: TestTarget,
  instead: ReadonlyMap<string, string> = new Map(),
): Promise<Suite> {
  const docs = await repeatable(() =>
    mongo.functions.find({ appid, slot: isAlive }).sort({ slot: 1 }).toArray(),
  )
  const suite = new Map<string, SuiteModule>()
  for (const doc of docs) {
    const given = instead.get(doc.name)
    if (given !== undefined) suite.set(doc.name, await draftModule(doc, given))
    else if (isTestFile(doc.name)) suite.set(doc.name, await draftModule(doc, doc.draft.source))
    else if (doc.live && (target === 'live' || !doc.draftDiffers))
      suite.set(doc.name, liveModule(doc, doc.live))
    else if (target === 'draft') suite.set(doc.name, await draftModule(doc, doc.draft.source))
  }
  return suite
}

function liveModule(doc: FunctionDoc, live: NonNullable<FunctionDoc['live']>): SuiteModule {
  const { name } = doc
  const imports = importedFunctions(name, live.code)
  return { name, source: live.source, unit: unitOf(doc, live), problem: null, imports }
}

async function draftModule({ name, methods, timeoutMs }: FunctionDoc, source: string): Promise<SuiteModule> {
  try {
    const { code, map, codeSha256 } = await compile(name, source)
    const bodyLimit = limits.bodyBytes
    const unit = { name, revision: 0, code, map, sha256: codeSha256, methods, timeoutMs, bodyLimit }
    return { name, source, unit, problem: null, imports: importedFunctions(name, code) }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { name, source, unit: null, problem: error.message, imports: [] }
  }
}
