import type { FunctionMetrics, metricsInputs } from '@lathe/shared'
import type { z } from 'zod'
import { cover, WHOLE_APP } from '../../metrics/buckets.ts'
import type { MetricsDoc } from '../../mongo/observed.ts'
import type { SignedRequest } from '../../request-context.ts'
import { appOf } from '../apps/scope.ts'
import { spanOf } from './span.ts'
import { addDoc, emptySum, type Sum, statsOf } from './stats.ts'

type Part = Pick<MetricsDoc, 'functionName' | 'requests' | 'errors' | 'clientErrors' | 'latency'>

/** What each of an app's functions did within a time, the busiest first. */
export async function functionMetrics(
  request: SignedRequest,
  input: z.infer<typeof metricsInputs.functions>,
): Promise<FunctionMetrics[]> {
  const { appid } = input
  appOf(request, appid)
  const { mongo, logs } = request.context
  const now = Date.now()
  const { from, to } = spanOf(input, now)
  await logs.metrics.flush()
  const sums = new Map<string, Sum>()
  await Promise.all(
    cover(from, to, now).map(async (stretch) => {
      const at = { $gte: new Date(stretch.from), $lt: new Date(stretch.to) }
      const docs = mongo.metrics
        .find({ appid, resolution: stretch.resolution, at })
        .project<Part>({ functionName: 1, requests: 1, errors: 1, clientErrors: 1, latency: 1 })
        .batchSize(3_000)
      for await (const doc of docs) {
        if (doc.functionName === WHOLE_APP) continue
        const sum = sums.get(doc.functionName) ?? emptySum()
        sums.set(doc.functionName, sum)
        addDoc(sum, doc)
      }
    }),
  )
  return [...sums]
    .map(([functionName, sum]) => ({ functionName, ...statsOf(sum) }))
    .sort((a, b) => b.requests - a.requests || a.functionName.localeCompare(b.functionName))
}
