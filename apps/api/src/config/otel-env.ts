/** Which signals the operator wants exported. Addresses, headers and limits are read by OpenTelemetry's own exporters. */
export interface OtelEnv {
  traces: boolean
  metrics: boolean
  logs: boolean
  metricIntervalMs: number
}

const INTERVAL_MS = 60_000

/**
 * By the names of the specification (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/):
 * a signal is exported when it has an endpoint, and its exporter is not `none`.
 */
export function readOtelEnv(env: NodeJS.ProcessEnv): OtelEnv {
  const isOn = (signal: 'TRACES' | 'METRICS' | 'LOGS') =>
    env.OTEL_SDK_DISABLED?.toLowerCase() !== 'true' &&
    env[`OTEL_${signal}_EXPORTER`] !== 'none' &&
    Boolean(env.OTEL_EXPORTER_OTLP_ENDPOINT || env[`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`])
  const interval = Number(env.OTEL_METRIC_EXPORT_INTERVAL)
  return {
    traces: isOn('TRACES'),
    metrics: isOn('METRICS'),
    logs: isOn('LOGS'),
    metricIntervalMs: Number.isInteger(interval) && interval > 0 ? interval : INTERVAL_MS,
  }
}
