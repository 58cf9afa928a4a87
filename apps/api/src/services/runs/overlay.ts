import { type FunctionUnit, limits } from '@lathe/shared'
import { type Compiled, compile } from '../../compile/compile.ts'
import { importedFunctions } from '../../compile/imports.ts'
import type { FunctionDoc } from '../../mongo/documents.ts'
import type { Mongo } from '../../mongo/mongo.ts'
import { Refusal } from '../../refusal.ts'

type Imported = Pick<FunctionDoc, 'name' | 'methods' | 'timeoutMs' | 'draftDiffers'> & {
  draft: Pick<FunctionDoc['draft'], 'source'>
  live: { code: string } | null
}

const projection = { name: 1, methods: 1, timeoutMs: 1, draftDiffers: 1, 'draft.source': 1, 'live.code': 1 }

/**
 * What a run loads over what is live: the draft, and the drafts of whatever it reaches by imports.
 * @param isAlone leaves those drafts out: what it imports is what is live
 * @throws Refusal COMPILE_ERROR naming the function that does not compile
 */
export async function overlayOf(
  mongo: Mongo,
  doc: FunctionDoc,
  source: string,
  isAlone = false,
): Promise<FunctionUnit[]> {
  const first = await compile(doc.name, source)
  const overlay = [draftUnit(doc, first)]
  if (isAlone) return overlay
  const seen = new Set([doc.name])
  let reached = unseen(seen, importedFunctions(doc.name, first.code))
  while (reached.length > 0) {
    const found = await mongo.functions
      .find({ appid: doc.appid, slot: { $in: reached } })
      .project<Imported>(projection)
      .toArray()
    const next: string[] = []
    for (const one of found) {
      if (one.draftDiffers) {
        const compiled = await compileImported(one)
        overlay.push(draftUnit(one, compiled))
        next.push(...importedFunctions(one.name, compiled.code))
      } else if (one.live) next.push(...importedFunctions(one.name, one.live.code))
    }
    reached = unseen(seen, next)
  }
  return overlay
}

function unseen(seen: Set<string>, names: string[]): string[] {
  const fresh = [...new Set(names)].filter((name) => !seen.has(name))
  for (const name of fresh) seen.add(name)
  return fresh
}

async function compileImported({ name, draft }: Imported): Promise<Compiled> {
  try {
    return await compile(name, draft.source)
  } catch (error) {
    if (!(error instanceof Refusal) || error.reason !== 'COMPILE_ERROR') throw error
    throw new Refusal('COMPILE_ERROR', `The draft of ${name}, which this imports: ${error.message}`, {
      markers: [],
    })
  }
}

function draftUnit(
  { name, methods, timeoutMs }: Pick<FunctionDoc, 'name' | 'methods' | 'timeoutMs'>,
  { code, map, codeSha256 }: Compiled,
): FunctionUnit {
  return { name, revision: 0, code, map, sha256: codeSha256, methods, timeoutMs, bodyLimit: limits.bodyBytes }
}
