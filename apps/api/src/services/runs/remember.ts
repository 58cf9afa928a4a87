import { type RunEvent, runLimits } from '@lathe/shared'
import { ObjectId } from 'mongodb'
import type { Context } from '../../context.ts'
import type { RunDoc } from '../../mongo/run-documents.ts'
import type { RunRequestInput } from './sendable.ts'
import { sealRequest } from './stored-request.ts'

type Run = Pick<RunDoc, 'appid' | 'userId' | 'functionName' | 'what'>
/** What a run ended with. */
export type RunEnd = Extract<RunEvent, { type: 'response' | 'error' }>

/** Keeps a run in its owner's history. That this fails is no fault of the run. */
export async function rememberRun(
  { mongo, secrets, log }: Context,
  run: Run,
  request: RunRequestInput,
  end: RunEnd,
): Promise<void> {
  const { kept, bodyLeftOut } = withinBounds(request)
  const at = new Date()
  const doc: RunDoc = {
    ...run,
    _id: new ObjectId().toHexString(),
    status: end.type === 'response' ? end.response.status : null,
    reason: end.type === 'error' ? end.reason : null,
    durationMs: end.type === 'response' ? end.response.durationMs : null,
    request: sealRequest(secrets, run.appid, 'run', kept),
    bodyLeftOut,
    at,
    expiresAt: new Date(at.getTime() + runLimits.historyMs),
  }
  const { appid, userId } = run
  try {
    await mongo.runs.insertOne(doc)
    const [oldest] = await mongo.runs
      .find({ appid, userId })
      .sort({ _id: -1 })
      .skip(runLimits.history)
      .limit(1)
      .project<{ _id: string }>({ _id: 1 })
      .toArray()
    if (oldest) await mongo.runs.deleteMany({ appid, userId, _id: { $lte: oldest._id } })
  } catch (error) {
    log.warn({ err: error, appid }, 'a run was not kept in the history')
  }
}

/** Large bodies are not kept: files stand in the list without their bytes. */
function withinBounds(request: RunRequestInput): { kept: RunRequestInput; bodyLeftOut: boolean } {
  const { body, parts } = request
  const size =
    (body?.length ?? 0) +
    (parts ?? []).reduce((sum, part) => sum + ('value' in part ? part.value : part.data).length, 0)
  if (size <= runLimits.storedBytes) return { kept: request, bodyLeftOut: false }
  const kept = {
    ...request,
    body: null,
    ...(parts
      ? { parts: parts.map((part) => ('value' in part ? { ...part, value: '' } : { ...part, data: '' })) }
      : {}),
  }
  return { kept, bodyLeftOut: true }
}
