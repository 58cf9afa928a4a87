import { setTimeout as delay } from 'node:timers/promises'
import type { Invocation, LogLine } from '@lathe/shared'
import type { Logger as OtelLogger, Tracer } from '@opentelemetry/api'
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources'
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import type { OtelEnv } from '../config/otel-env.ts'
import type { MetricsRecorder } from '../metrics/recorder.ts'
import { AppMetrics } from './app-metrics.ts'
import { emitLine } from './log-records.ts'
import { recordSpan } from './spans.ts'

const SCOPE = 'lathe'
const END_MS = 2_000

/**
 * Tells an OpenTelemetry collector what apps do: a span per recorded request, their log lines, exact counts. Exporters
 * batch, bound what waits and give up what a collector does not take: nothing here slows a request.
 */
export class Telemetry implements AsyncDisposable {
  #tracer: Tracer | null = null
  #logger: OtelLogger | null = null
  #ends: (() => Promise<void>)[] = []

  constructor(env: OtelEnv, metrics: MetricsRecorder) {
    const resource = defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'lathe' }))
      .merge(detectResources({ detectors: [envDetector] }))
    if (env.traces) {
      const spanProcessors = [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })]
      const provider = new TracerProvider({ resource, spanProcessors })
      this.#tracer = provider.getTracer(SCOPE)
      this.#ends.push(() => provider.shutdown())
    }
    if (env.logs) {
      const processors = [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter() })]
      const provider = new LoggerProvider({ resource, processors })
      this.#logger = provider.getLogger(SCOPE)
      this.#ends.push(() => provider.shutdown())
    }
    if (env.metrics) {
      const reader = new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter(),
        exportIntervalMillis: env.metricIntervalMs,
        exportTimeoutMillis: Math.min(env.metricIntervalMs, 30_000),
        metricProducers: [new AppMetrics(metrics, resource, SCOPE)],
      })
      const provider = new MeterProvider({ resource, readers: [reader] })
      this.#ends.push(() => provider.shutdown())
    }
  }

  lines(appid: string, lines: readonly LogLine[]): void {
    if (this.#logger) for (const line of lines) emitLine(this.#logger, appid, line)
  }

  handled(appid: string, invocations: readonly Invocation[]): void {
    if (this.#tracer) for (const invocation of invocations) recordSpan(this.#tracer, appid, invocation)
  }

  /** Sends what waits; a collector that does not answer is not waited for. */
  async [Symbol.asyncDispose](): Promise<void> {
    const ended = Promise.allSettled(this.#ends.map((end) => end()))
    await Promise.race([ended, delay(END_MS, undefined, { ref: false })])
  }
}
