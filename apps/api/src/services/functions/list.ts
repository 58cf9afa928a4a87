import type { FunctionSummary, inputs } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'
import { appOf } from '../apps/scope.ts'
import { isAlive } from './scope.ts'
import { functionSummary, type SummaryDoc } from './view.ts'

const projection = {
  name: 1,
  liveRevision: 1,
  draftDiffers: 1,
  methods: 1,
  timeoutMs: 1,
  concurrency: 1,
  description: 1,
  tags: 1,
  updatedAt: 1,
} as const

/** The app's functions by name, without their sources. */
export async function listFunctions(
  request: SignedRequest,
  { appid }: z.infer<typeof inputs.app>,
): Promise<FunctionSummary[]> {
  appOf(request, appid)
  const found = await request.context.mongo.functions
    .find({ appid, slot: isAlive })
    .project<SummaryDoc>(projection)
    .sort({ slot: 1 })
    .toArray()
  return found.map(functionSummary)
}
