import { z } from 'zod'
import { corsSchema } from './app-settings.ts'
import { debugCommandSchema, debugUpSchema } from './debug.ts'
import { loadErrorSchema } from './errors.ts'
import { appidSchema, functionNameSchema, instanceIdSchema } from './ids.ts'
import { invocationSchema, logLineSchema } from './logs.ts'
import { requestCountsSchema } from './metrics.ts'
import { coverageReportSchema, testReportSchema } from './test-reports.ts'
import { upstreamSchema } from './upstream.ts'

/**
 * The control channel between the api and a runtime: one WebSocket per runtime, opened by the runtime to
 * `CONTROL_PATH_RUNTIME` with `Authorization: Bearer <instance token>`. Every text frame is one JSON message.
 *
 * A connection begins with the runtime's `hello`; the api answers `sync` (the whole truth), the runtime loads it
 * and says `ready`. Publishing takes two steps, so that source that cannot be evaluated never becomes live:
 * `prepare` (load beside the live graph) -> `prepared`, then `commit` (swap) -> `live`, or `abort`.
 */
export const CONTROL_PATH_RUNTIME = '/control/runtime'
export const CONTROL_PATH_GATEWAY = '/control/gateway'

/** One function as a runtime needs it. */
export const functionUnitSchema = z.object({
  name: functionNameSchema,
  /** Published number, or 0 for a draft in a run. */
  revision: z.number().int().min(0),
  /** Compiled ES module, without a source-map comment. */
  code: z.string(),
  /** Source map (v3, JSON text) from `code` to the TypeScript source. */
  map: z.string(),
  /** SHA-256 of `code`, hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Allowed HTTP methods in upper case; null allows all. */
  methods: z.array(z.string()).nullable(),
  timeoutMs: z.number().int().positive(),
  /** More requests than this at a time are answered 429; absent: as many as come. */
  concurrency: z.number().int().positive().optional(),
  bodyLimit: z.number().int().positive(),
})
export type FunctionUnit = z.infer<typeof functionUnitSchema>

const envSchema = z.record(z.string(), z.string())

/** api -> runtime */
export const runtimeDownSchema = z.discriminatedUnion('type', [
  /** The whole set of live functions; what is not in it is gone. */
  z.object({ type: z.literal('sync'), functions: z.array(functionUnitSchema), env: envSchema }),
  /** Load these beside the live graph. `removed` are names that go. Answered by `prepared`. */
  z.object({
    type: z.literal('prepare'),
    publishId: z.string(),
    set: z.array(functionUnitSchema),
    removed: z.array(functionNameSchema),
  }),
  /** Make a prepared graph live. Answered by `live`. */
  z.object({ type: z.literal('commit'), publishId: z.string() }),
  z.object({ type: z.literal('abort'), publishId: z.string() }),
  /** Replace the app's variables. Answered by `env-applied` when it has an id. */
  z.object({ type: z.literal('env'), env: envSchema, envId: z.string().optional() }),
  /**
   * Load drafts (over the live graph) for one run; the HTTP request that follows through the gateway names it by
   * `RUN_TOKEN_HEADER`. Answered by `run-ready`.
   */
  z.object({
    type: z.literal('run'),
    runId: z.string(),
    /** The bearer secret of this run; the runtime compares it with the header in constant time. */
    runToken: z.string().min(32),
    name: functionNameSchema,
    /** Empty: run what is live. */
    overlay: z.array(functionUnitSchema),
    /** What the invocation is recorded as, and what the function finds in `ctx.trigger`. */
    trigger: z.enum(['http', 'cron']).optional(),
  }),
  /** Forget a run: its token stops working, its modules are dropped, its request is aborted if still in flight. */
  z.object({ type: z.literal('run-end'), runId: z.string() }),
  /**
   * Run these files of tests over what was synchronised; only in a runtime that was started for tests, and once in its
   * life. Answered by any number of `test-reports` and one `test-done`.
   */
  z.object({
    type: z.literal('test'),
    runId: z.string(),
    /** With which the tests' own requests are answered. */
    runToken: z.string().min(32),
    files: z.array(functionUnitSchema),
    /** Full names (of suites and test, joined by spaces) of the tests to run; null: all of them. */
    names: z.array(z.string()).nullable(),
  }),
  /** To a debug runtime: answered by `debug` with the same id. Others ignore it. */
  z.object({ type: z.literal('debug'), id: z.number().int(), command: debugCommandSchema }),
  /** Accept no new connection, finish what is in flight (at most `graceMs`), then exit with code 0. */
  z.object({ type: z.literal('drain'), graceMs: z.number().int().nonnegative() }),
  /** Whoever waits for the request that `stuck` named has been told. */
  z.object({ type: z.literal('stuck-known') }),
])
export type RuntimeDown = z.infer<typeof runtimeDownSchema>

/** runtime -> api */
export const runtimeUpSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hello'),
    instanceId: instanceIdSchema,
    appid: appidSchema,
    pid: z.number().int(),
    nodeVersion: z.string(),
    upstream: upstreamSchema,
    /** Which walls stand around this process, e.g. ['permission'] or ['bwrap', 'permission']. */
    isolation: z.array(z.string()),
  }),
  /** A `sync` was applied and requests are answered. Functions that could not be loaded are listed. */
  z.object({
    type: z.literal('ready'),
    revisions: z.record(z.string(), z.number()),
    errors: z.array(loadErrorSchema),
  }),
  z.object({ type: z.literal('prepared'), publishId: z.string(), errors: z.array(loadErrorSchema) }),
  z.object({ type: z.literal('live'), publishId: z.string() }),
  z.object({ type: z.literal('env-applied'), envId: z.string() }),
  z.object({ type: z.literal('run-ready'), runId: z.string(), errors: z.array(loadErrorSchema) }),
  z.object({ type: z.literal('test-reports'), runId: z.string(), reports: z.array(testReportSchema) }),
  z.object({
    type: z.literal('test-done'),
    runId: z.string(),
    /** Files that could not be loaded. */
    errors: z.array(loadErrorSchema),
    coverage: z.array(coverageReportSchema),
  }),
  /** `dropped`: lines lost since the last message because a buffer was full. */
  z.object({
    type: z.literal('logs'),
    lines: z.array(logLineSchema),
    dropped: z.number().int().nonnegative(),
  }),
  /**
   * Records of single requests: all of them up to a rate, beyond it some (failed ones and runs first). `metrics` has the
   * exact counts.
   */
  z.object({
    type: z.literal('invocations'),
    items: z.array(invocationSchema),
    dropped: z.number().int().nonnegative(),
  }),
  /** Exact counts of handled requests since the last message. */
  z.object({ type: z.literal('metrics'), counts: z.array(requestCountsSchema).max(5_000) }),
  /** Of a debug runtime. */
  z.object({ type: z.literal('debug'), message: debugUpSchema }),
  /**
   * Native code holds the main thread in this request, which nothing but the end of the process ends. The process ends
   * itself at `stuck-known`, or a moment later without it.
   */
  z.object({
    type: z.literal('stuck'),
    requestId: z.string().min(1).max(64),
    functionName: functionNameSchema,
  }),
  z.object({
    type: z.literal('heartbeat'),
    rssBytes: z.number(),
    heapUsedBytes: z.number(),
    eventLoopDelayMs: z.number(),
    inFlight: z.number().int(),
    /** How long there was no request, run, stream or open WebSocket. */
    idleMs: z.number().nonnegative().optional(),
    /** Processor time that the process has used since it started. */
    cpuMs: z.number().nonnegative().optional(),
    /** Bytes of compiled code that was superseded and cannot be freed: the api replaces the process when it grows. */
    supersededBytes: z.number(),
  }),
])
export type RuntimeUp = z.infer<typeof runtimeUpSchema>

/** What the gateway knows of one app. */
export const routeSchema = z.object({
  appid: appidSchema,
  /**
   * `running` with upstreams serves; `starting` holds requests; `sleeping` (stopped for idleness) does too, and the
   * gateway says `wake`; `stopped` and `failed` answer 503.
   */
  state: z.enum(['running', 'starting', 'sleeping', 'stopped', 'failed']),
  upstreams: z.array(z.object({ instanceId: instanceIdSchema, upstream: upstreamSchema })),
  /** Without it the app answers preflights by itself. */
  cors: corsSchema.optional(),
  /** More requests than this are answered 429. A second's worth may come at once. */
  requestsPerSecond: z.number().positive().optional(),
  /** More requests than this in flight or held are answered 429. */
  concurrency: z.number().int().positive().optional(),
})
export type Route = z.infer<typeof routeSchema>

/** api -> gateway */
export const gatewayDownSchema = z.discriminatedUnion('type', [
  /** All routes; what is not in it is gone. Sent on connect. Answered by `applied`. */
  z.object({ type: z.literal('routes'), seq: z.number().int(), routes: z.array(routeSchema) }),
  /** One changed route. Answered by `applied`, after which no new request goes to a removed upstream. */
  z.object({ type: z.literal('route'), seq: z.number().int(), route: routeSchema }),
  z.object({ type: z.literal('route-removed'), seq: z.number().int(), appid: appidSchema }),
  /** This request has made its runtime unusable: it is answered 504, and never sent again. Answered by `applied`. */
  z.object({
    type: z.literal('timed-out'),
    seq: z.number().int(),
    appid: appidSchema,
    requestId: z.string().min(1).max(64),
    functionName: functionNameSchema,
  }),
])
export type GatewayDown = z.infer<typeof gatewayDownSchema>
/** Those that change routes. */
export type RouteMessage = Exclude<GatewayDown, { type: 'timed-out' }>

/** gateway -> api */
export const gatewayUpSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), pid: z.number().int() }),
  z.object({ type: z.literal('applied'), seq: z.number().int() }),
  /** An upstream refused or reset a connection: the api should look at that runtime. */
  z.object({ type: z.literal('upstream-down'), appid: appidSchema, instanceId: instanceIdSchema }),
  /** A request came for a `sleeping` app and is held: start it. Said again while requests still wait. */
  z.object({ type: z.literal('wake'), appid: appidSchema }),
  z.object({ type: z.literal('heartbeat'), rssBytes: z.number(), inFlight: z.number().int() }),
])
export type GatewayUp = z.infer<typeof gatewayUpSchema>
