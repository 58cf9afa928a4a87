import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readOtelEnv } from '../src/config/otel-env.ts'
import { publish, runningApp } from './support/apps.ts'
import { eventually } from './support/eventually.ts'
import { type Stack, startStack } from './support/stack.ts'
import { visit } from './support/visit.ts'

/** What a collector is sent, as OTLP's JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding). */
interface Attribute {
  key: string
  value: { stringValue?: string; intValue?: number | string; doubleValue?: number }
}
interface Received {
  spans: { name: string; kind: number; attributes: Attribute[]; status?: { code?: number } }[]
  records: { body: { stringValue: string }; severityText: string; attributes: Attribute[] }[]
  metrics: {
    name: string
    histogram?: { dataPoints: { count: number | string; attributes: Attribute[] }[] }
    sum?: { dataPoints: { asDouble: number; attributes: Attribute[] }[] }
  }[]
  services: Set<string>
  authorization: Set<string | undefined>
}

const received: Received = {
  spans: [],
  records: [],
  metrics: [],
  services: new Set(),
  authorization: new Set(),
}
const settings = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_METRIC_EXPORT_INTERVAL']
let collector: Server
let stack: Stack

beforeAll(async () => {
  collector = createServer(async (incoming, outgoing) => {
    let text = ''
    for await (const chunk of incoming) text += chunk
    take(incoming.url ?? '', JSON.parse(text))
    received.authorization.add(incoming.headers.authorization)
    outgoing.setHeader('content-type', 'application/json').end('{}')
  })
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
  const { port } = collector.address() as AddressInfo
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${port}`
  process.env.OTEL_EXPORTER_OTLP_HEADERS = 'authorization=Bearer%20collector'
  process.env.OTEL_METRIC_EXPORT_INTERVAL = '300'
  stack = await startStack()
})

afterAll(async () => {
  for (const name of settings) delete process.env[name]
  await stack?.[Symbol.asyncDispose]()
  collector?.close()
})

// biome-ignore lint/suspicious/noExplicitAny: a document of somebody else's format, read field by field
function take(path: string, body: any): void {
  const signal = { '/v1/traces': 'Spans', '/v1/logs': 'Logs', '/v1/metrics': 'Metrics' }[path]
  const [kind, scopes] = [`resource${signal}`, `scope${signal}`]
  for (const resource of body[kind] ?? []) {
    for (const { key, value } of resource.resource.attributes as Attribute[]) {
      if (key === 'service.name') received.services.add(value.stringValue ?? '')
    }
    for (const scope of resource[scopes]) {
      received.spans.push(...(scope.spans ?? []))
      received.records.push(...(scope.logRecords ?? []))
      received.metrics.push(...(scope.metrics ?? []))
    }
  }
}

function of({ attributes }: { attributes: Attribute[] }): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? Number(value.intValue ?? value.doubleValue),
    ]),
  )
}

test('a collector is told spans, log lines and exact counts of what apps do', async () => {
  const { appid, url } = await runningApp(stack, 'observed')
  const source = `export default (ctx) => { console.warn('seen'); if (ctx.query.bad) throw new Error('no'); return 1 }`
  await publish(stack, appid, 'watched', source)
  await visit(`${url}/watched`)
  await visit(`${url}/watched?bad=1`)

  const spans = await eventually(async () => received.spans.length >= 2 && received.spans, 'two spans')
  expect(spans.map(of)).toContainEqual(
    expect.objectContaining({
      'lathe.appid': appid,
      'faas.name': 'watched',
      'faas.version': '1',
      'faas.trigger': 'http',
      'http.request.method': 'GET',
      'http.response.status_code': 200,
    }),
  )
  const failed = spans.find((span) => of(span)['http.response.status_code'] === 500)
  expect(failed).toMatchObject({ name: 'GET /watched', kind: 2, status: { code: 2 } })
  expect(JSON.stringify(spans)).not.toContain('bad=1')

  const line = await eventually(
    async () => received.records.find(({ body }) => body.stringValue === 'seen') ?? null,
    'a line',
  )
  expect(line.severityText).toBe('warn')
  expect(of(line)).toMatchObject({ 'faas.name': 'watched', 'code.file.path': 'watched.ts' })

  await eventually(async () => {
    const durations = received.metrics.filter(({ name }) => name === 'faas.invoke_duration')
    return durations.some(({ histogram }) => histogram?.dataPoints.some(({ count }) => Number(count) === 2))
  }, 'a histogram of both requests')
  await eventually(async () => {
    const errors = received.metrics.filter(({ name }) => name === 'faas.errors')
    return errors.some(({ sum }) => sum?.dataPoints.some(({ asDouble }) => asDouble === 1))
  }, 'one error')
  expect([...received.services]).toEqual(['lathe'])
  expect([...received.authorization]).toEqual(['Bearer collector'])
})

test('signals are exported by the names that OpenTelemetry gives settings', () => {
  const off = { traces: false, metrics: false, logs: false, metricIntervalMs: 60_000 }
  expect(readOtelEnv({})).toEqual(off)
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }
  expect(readOtelEnv(endpoint)).toEqual({ ...off, traces: true, metrics: true, logs: true })
  expect(readOtelEnv({ ...endpoint, OTEL_SDK_DISABLED: 'true' })).toEqual(off)
  expect(readOtelEnv({ ...endpoint, OTEL_LOGS_EXPORTER: 'none' })).toMatchObject({
    traces: true,
    logs: false,
  })
  expect(readOtelEnv({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://x' })).toEqual({ ...off, traces: true })
})
