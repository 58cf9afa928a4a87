import { appsOf, memberships } from '../../auth/memberships.ts'
import type { Context } from '../../context.ts'
import { Exposition } from '../../metrics/exposition.ts'
import { cumulativeCounts, EXPOSED_BOUNDS } from '../../metrics/histogram.ts'
import { addTo, emptyTally, type Tally } from '../../metrics/tally.ts'
import type { SignedRequest } from '../../request-context.ts'

/** Everything: for whoever can open the api's socket, which is who runs this server. */
export async function allMetrics(context: Context): Promise<string> {
  const { gateway, channels, mongo, logs } = context
  const apps = await mongo.apps.find().project<App>(APP).toArray()
  for (const appid of logs.metrics.totals.keys()) {
    if (!apps.some(({ _id }) => _id === appid)) logs.metrics.totals.delete(appid)
  }
  const out = new Exposition()
  const { rss } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  const one = (value: number) => [[{}, value] as [Record<string, string>, number]]
  out.metric('process_resident_memory_bytes', 'gauge', 'Resident memory of the api.', one(rss))
  const timers = process.getActiveResourcesInfo().filter((type) => type === 'Timeout').length
  out.metric('nodejs_active_timers', 'gauge', 'Timers that the api waits for.', one(timers))
  const cpu = (user + system) / 1e6
  out.metric('process_cpu_seconds_total', 'counter', 'Processor time that the api used.', one(cpu))
  const started = Date.now() / 1000 - process.uptime()
  out.metric('process_start_time_seconds', 'gauge', 'When the api started.', one(Math.round(started)))
  out.metric('lathe_gateways', 'gauge', 'Connected gateways.', one(gateway.gateways))
  const ready = apps.reduce((sum, { _id }) => sum + channels.ready(_id).length, 0)
  out.metric('lathe_runtimes', 'gauge', 'Runtimes that are connected and serve.', one(ready))
  const { stored, lost } = logs.metrics.logLines
  out.metric('lathe_log_lines_stored_total', 'counter', 'Log lines written to the database.', one(stored))
  out.metric('lathe_log_lines_lost_total', 'counter', 'Log lines that were given up.', one(lost))
  appMetrics(context, apps, out)
  return out.toString()
}

/** The apps of the teams that the caller owns. */
export async function ownMetrics({ context, caller }: SignedRequest): Promise<string> {
  const owned = (await memberships(context.mongo, caller)).filter(({ role }) => role === 'owner')
  const apps = await context.mongo.apps
    .find({ teamId: { $in: owned.map(({ teamId }) => teamId) }, ...appsOf(caller) })
    .project<App>(APP)
    .toArray()
  const out = new Exposition()
  appMetrics(context, apps, out)
  return out.toString()
}

const APP = { name: 1, phase: 1 } as const
interface App {
  _id: string
  name: string
  phase: string
}

function appMetrics({ logs: { metrics } }: Context, apps: App[], out: Exposition): void {
  const ids = new Set(apps.map(({ _id }) => _id))
  const totals = [...metrics.totals].filter(([appid]) => ids.has(appid))
  const runtimes = [...metrics.runtimes].filter(([, { appid }]) => ids.has(appid))
  out.metric(
    'lathe_app_info',
    'gauge',
    'One per app, with its name and phase.',
    apps.map(({ _id, name, phase }) => [{ appid: _id, name, phase }, 1]),
  )
  out.metric(
    'lathe_requests_total',
    'counter',
    'Handled requests since the api started, by function and outcome.',
    totals.flatMap(([appid, { functions }]) =>
      [...functions].flatMap(([name, tally]) =>
        outcomes(tally).map(([outcome, count]): [Record<string, string>, number] => [
          { appid, function: name, outcome },
          count,
        ]),
      ),
    ),
  )
  out.metric(
    'lathe_request_duration_seconds',
    'histogram',
    'Time from a request to the end of its answer, measured in the runtime.',
    totals.flatMap(([appid, { functions }]) => [...histogram(appid, functions.values())]),
  )
  out.metric(
    'lathe_cold_starts_total',
    'counter',
    'Starts of a runtime while none served.',
    totals.map(([appid, { coldStarts }]) => [{ appid }, coldStarts]),
  )
  const gauge = (name: string, help: string, of: (one: (typeof runtimes)[number][1]) => number) =>
    out.metric(
      name,
      name.endsWith('_total') ? 'counter' : 'gauge',
      help,
      runtimes.map(([instance, one]) => [{ appid: one.appid, instance }, of(one)]),
    )
  gauge('lathe_runtime_memory_bytes', 'Resident memory of a runtime.', (one) => one.rssBytes)
  gauge('lathe_runtime_heap_bytes', 'JavaScript heap in use.', (one) => one.heapUsedBytes)
  gauge('lathe_runtime_cpu_seconds_total', 'Processor time that a runtime used.', (one) => one.cpuMs / 1000)
  gauge('lathe_runtime_in_flight', 'Requests being handled.', (one) => one.inFlight)
  gauge(
    'lathe_runtime_event_loop_delay_seconds',
    'How late timers are.',
    (one) => one.eventLoopDelayMs / 1000,
  )
}

function outcomes({ requests, errors, clientErrors }: Tally): [string, number][] {
  return [
    ['ok', requests - errors - clientErrors],
    ['client_error', clientErrors],
    ['error', errors],
  ]
}

function* histogram(
  appid: string,
  functions: Iterable<Tally>,
): Generator<[Record<string, string>, number, string]> {
  const sum = emptyTally()
  for (const tally of functions) addTo(sum, tally)
  for (const [index, count] of cumulativeCounts(sum).entries()) {
    yield [{ appid, le: String(EXPOSED_BOUNDS[index]) }, count, '_bucket']
  }
  yield [{ appid, le: '+Inf' }, sum.requests, '_bucket']
  yield [{ appid }, sum.durationMs / 1000, '_sum']
  yield [{ appid }, sum.requests, '_count']
}
