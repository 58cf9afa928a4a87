import type { MetricsPoint, MetricsSeries, metricsInputs } from '@lathe/shared'
import type { z } from 'zod'
import { WHOLE_APP } from '../../metrics/buckets.ts'
import type { MetricsDoc } from '../../mongo/observed.ts'
import type { SignedRequest } from '../../request-context.ts'
import { appOf } from '../apps/scope.ts'
import { gridOf, spanOf } from './span.ts'
import { addDoc, emptySum, statsOf } from './stats.ts'

/** Requests, errors, latencies and what the runtimes used, over time. */
export async function metricsSeries(
  request: SignedRequest,
  input: z.infer<typeof metricsInputs.series>,
): Promise<MetricsSeries> {
  const { appid, functionName = WHOLE_APP, step } = input
  appOf(request, appid)
  const { mongo, logs } = request.context
  const now = Date.now()
  const { resolution, stepMs, start, end } = gridOf(spanOf(input, now), step, now)
  await logs.metrics.flush()
  const docs = mongo.metrics
    .find({ appid, resolution, functionName, at: { $gte: new Date(start), $lt: new Date(end) } })
    .sort({ at: 1 })
    .batchSize(3_000)
  const total = emptySum()
  let coldStarts = 0
  const byPoint = new Map<number, MetricsDoc[]>()
  for await (const doc of docs) {
    addDoc(total, doc)
    coldStarts += doc.coldStarts ?? 0
    const at = Math.floor(doc.at.getTime() / stepMs) * stepMs
    const there = byPoint.get(at)
    if (there) there.push(doc)
    else byPoint.set(at, [doc])
  }
  const points: MetricsPoint[] = []
  for (let at = start; at < end; at += stepMs) points.push(pointOf(at, byPoint.get(at) ?? []))
  return {
    from: new Date(start).toISOString(),
    to: new Date(end).toISOString(),
    stepSeconds: stepMs / 1000,
    points,
    total: { ...statsOf(total), coldStarts },
  }
}

function pointOf(at: number, docs: MetricsDoc[]): MetricsPoint {
  const sum = emptySum()
  let [coldStarts, memoryBytes, cpuMs, upMs] = [0, 0, 0, 0]
  for (const doc of docs) {
    addDoc(sum, doc)
    coldStarts += doc.coldStarts ?? 0
    memoryBytes = Math.max(memoryBytes, doc.memoryBytes ?? 0)
    cpuMs += doc.cpuMs ?? 0
    upMs += doc.upMs ?? 0
  }
  return {
    at: new Date(at).toISOString(),
    ...statsOf(sum),
    coldStarts,
    memoryBytes: memoryBytes || null,
    cpu: upMs > 0 ? Number((cpuMs / upMs).toFixed(4)) : null,
  }
}
