import type { Invocation } from '@lathe/shared'
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api'

/**
 * One span per recorded request, named and described by the semantic conventions of HTTP servers and of functions
 * (https://opentelemetry.io/docs/specs/semconv/faas/faas-spans/).
 */
export function recordSpan(tracer: Tracer, appid: string, invocation: Invocation): void {
  const { at, durationMs, method, functionName, status, trigger, requestId, revision, runId, path } =
    invocation
  const startTime = Date.parse(at)
  const span = tracer.startSpan(
    `${method} /${functionName}`,
    {
      kind: SpanKind.SERVER,
      startTime,
      attributes: {
        'lathe.appid': appid,
        'faas.name': functionName,
        'faas.version': String(revision),
        'faas.trigger': trigger === 'cron' ? 'timer' : 'http',
        'faas.invocation_id': requestId,
        'http.request.method': method,
        'http.route': `/${functionName}`,
        'url.path': path,
        'http.response.status_code': status,
        ...(runId === null ? {} : { 'lathe.run': runId }),
      },
    },
    ROOT_CONTEXT,
  )
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
  span.end(startTime + durationMs)
}
