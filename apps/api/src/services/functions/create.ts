import { type FunctionView, type inputs, isTestFile, limits } from '@lathe/shared'
import { ObjectId } from 'mongodb'
import type { z } from 'zod'
import { checkSource } from '../../compile/check-source.ts'
import type { FunctionDoc } from '../../mongo/documents.ts'
import { isDuplicate } from '../../mongo/errors.ts'
import { Refusal } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from '../apps/scope.ts'
import { refreshFunctionCount } from './count.ts'
import { TEMPLATE, testTemplate } from './template.ts'
import { functionView } from './view.ts'

/** Creates a function as a draft; it is live once it is published. */
export async function createFunction(
  request: SignedRequest,
  {
    appid,
    name,
    source = isTestFile(name) ? testTemplate(name) : TEMPLATE,
  }: z.infer<typeof inputs.functionsCreate>,
): Promise<FunctionView> {
  const { context, caller } = request
  const app = livingAppOf(request, appid)
  checkSource(source)
  if (app.functionCount >= limits.functionsPerApp) {
    throw new Refusal('LIMIT_REACHED', `An app has at most ${limits.functionsPerApp} functions.`, {
      limit: limits.functionsPerApp,
    })
  }
  const now = new Date()
  const doc: FunctionDoc = {
    _id: new ObjectId().toHexString(),
    appid,
    name,
    slot: name,
    draft: {
      source,
      baseRevision: 0,
      version: 1,
      updatedAt: now,
      updatedBy: caller.name,
      userId: caller.userId,
    },
    draftDiffers: true,
    liveRevision: 0,
    live: null,
    methods: null,
    timeoutMs: limits.functionTimeoutMs,
    description: '',
    tags: [],
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
    deletedBy: null,
  }
  try {
    await context.mongo.functions.insertOne(doc)
  } catch (error) {
    if (isDuplicate(error)) throw nameTaken(name)
    throw error
  }
  await refreshFunctionCount(context.mongo, appid)
  return functionView(context, doc)
}

export function nameTaken(name: string): Refusal<'NAME_TAKEN'> {
  return new Refusal('NAME_TAKEN', `There is a function ${name} already.`, { name })
}
