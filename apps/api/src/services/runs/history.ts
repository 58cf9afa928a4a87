import type { historyInputs, PastRun } from '@lathe/shared'
import type { z } from 'zod'
import type { Context } from '../../context.ts'
import { repeatable } from '../../mongo/errors.ts'
import type { RunDoc } from '../../mongo/run-documents.ts'
import type { SignedRequest } from '../../request-context.ts'
import { appOf } from '../apps/scope.ts'
import { openRequest, shownRequest } from './stored-request.ts'

/** The caller's own runs in this app, the newest first. */
export async function listRuns(
  request: SignedRequest,
  { appid, name, before, limit }: z.infer<typeof historyInputs.list>,
): Promise<PastRun[]> {
  appOf(request, appid)
  const { context, caller } = request
  const filter = {
    appid,
    userId: caller.userId,
    ...(name === undefined ? {} : { functionName: name }),
    ...(before === undefined ? {} : { _id: { $lt: before } }),
  }
  const found = await repeatable(() =>
    context.mongo.runs.find(filter).sort({ _id: -1 }).limit(limit).toArray(),
  )
  return found.map((doc) => runView(context, doc))
}

function runView({ secrets }: Context, doc: RunDoc): PastRun {
  const { _id: id, functionName, what, status, reason, durationMs, bodyLeftOut } = doc
  return {
    id,
    functionName,
    what,
    at: doc.at.toISOString(),
    status,
    reason,
    durationMs,
    request: shownRequest(openRequest(secrets, doc.appid, 'run', doc.request), { kind: 'run', id }),
    bodyLeftOut,
  }
}
