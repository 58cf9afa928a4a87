import { type Attributes, type HrTime, ValueType } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  type CollectionResult,
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics'
import { cumulativeCounts, EXPOSED_BOUNDS } from '../metrics/histogram.ts'
import type { MetricsRecorder } from '../metrics/recorder.ts'
import type { Tally } from '../metrics/tally.ts'

type Sample = [Attributes, number]

/** The counts that are kept anyhow, as OpenTelemetry's metrics: they are exact, and nothing is counted twice. */
export class AppMetrics implements MetricProducer {
  #metrics: MetricsRecorder
  #resource: Resource
  #scope: string
  #startTime: HrTime = hrTime(Date.now())

  constructor(metrics: MetricsRecorder, resource: Resource, scope: string) {
    this.#metrics = metrics
    this.#resource = resource
    this.#scope = scope
  }

  async collect(): Promise<CollectionResult> {
    const { totals, runtimes } = this.#metrics
    const functions = [...totals].flatMap(([appid, app]) =>
      [...app.functions].map(([name, tally]): [Attributes, Tally] => [
        { 'lathe.appid': appid, 'faas.name': name },
        tally,
      ]),
    )
    const gauges = [...runtimes].map(
      ([instance, one]) => [{ 'lathe.appid': one.appid, 'faas.instance': instance }, one] as const,
    )
    const metrics: MetricData[] = [
      this.#durations(functions),
      this.#sum(
        'faas.errors',
        'Requests that a function failed.',
        '{error}',
        functions.map(([attributes, { errors }]): Sample => [attributes, errors]),
      ),
      this.#sum(
        'faas.coldstarts',
        'Starts of a runtime while none served.',
        '{coldstart}',
        [...totals].map(([appid, { coldStarts }]): Sample => [{ 'lathe.appid': appid }, coldStarts]),
      ),
      this.#sum(
        'lathe.runtime.cpu',
        'Processor time that a runtime used.',
        's',
        gauges.map(([attributes, { cpuMs }]): Sample => [attributes, cpuMs / 1000]),
      ),
      this.#gauge(
        'lathe.runtime.memory',
        'Resident memory of a runtime.',
        'By',
        gauges.map(([attributes, { rssBytes }]): Sample => [attributes, rssBytes]),
      ),
      this.#gauge(
        'lathe.runtime.in_flight',
        'Requests being handled.',
        '{request}',
        gauges.map(([attributes, { inFlight }]): Sample => [attributes, inFlight]),
      ),
    ]
    const scopeMetrics = [{ scope: { name: this.#scope }, metrics }]
    return { resourceMetrics: { resource: this.#resource, scopeMetrics }, errors: [] }
  }

  #durations(functions: readonly [Attributes, Tally][]): MetricData {
    return {
      descriptor: {
        name: 'faas.invoke_duration',
        description: 'Time from a request to the end of its answer, measured in the runtime.',
        unit: 's',
        valueType: ValueType.DOUBLE,
      },
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
      dataPointType: DataPointType.HISTOGRAM,
      dataPoints: functions.map(([attributes, tally]) => this.#point(attributes, histogramOf(tally))),
    }
  }

  #sum(name: string, description: string, unit: string, samples: readonly Sample[]): MetricData {
    return {
      descriptor: { name, description, unit, valueType: ValueType.DOUBLE },
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
      dataPointType: DataPointType.SUM,
      isMonotonic: true,
      dataPoints: samples.map(([attributes, value]) => this.#point(attributes, value)),
    }
  }

  #gauge(name: string, description: string, unit: string, samples: readonly Sample[]): MetricData {
    return {
      descriptor: { name, description, unit, valueType: ValueType.DOUBLE },
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
      dataPointType: DataPointType.GAUGE,
      dataPoints: samples.map(([attributes, value]) => this.#point(attributes, value)),
    }
  }

  #point<T>(attributes: Attributes, value: T): DataPoint<T> {
    return { startTime: this.#startTime, endTime: hrTime(Date.now()), attributes, value }
  }
}

function histogramOf(tally: Tally): Histogram {
  const upTo = [...cumulativeCounts(tally), tally.requests]
  const counts = upTo.map((count, index) => count - (upTo[index - 1] ?? 0))
  return {
    buckets: { boundaries: EXPOSED_BOUNDS, counts },
    sum: tally.durationMs / 1000,
    count: tally.requests,
  }
}

/** Milliseconds since 1970 as seconds and nanoseconds. */
function hrTime(ms: number): HrTime {
  return [Math.floor(ms / 1000), (ms % 1000) * 1_000_000]
}
