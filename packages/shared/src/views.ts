import { z } from 'zod'
import { appSettingsSchema } from './app-settings.ts'
import { typeCheckSchema } from './editing.ts'
import { appidSchema, functionNameSchema } from './ids.ts'
import { logLevelSchema, logLineSchema } from './logs.ts'
import { methodSchema, runRequestSchema } from './run-request.ts'
import { emailSchema, passwordSchema, personNameSchema } from './teams.ts'

/** What procedures take and give. Dates are ISO 8601 strings. */
const date = z.string()
const source = z.string()

export const appStateSchema = z.enum(['running', 'stopped'])
/** `sleeping`: stopped because nobody asked for it, until somebody does. */
export const appPhaseSchema = z.enum([
  'creating',
  'starting',
  'running',
  'sleeping',
  'stopping',
  'stopped',
  'failed',
  'deleting',
])
export type AppPhase = z.infer<typeof appPhaseSchema>

export const appNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .regex(/^[^\p{Cc}\p{Cf}]*$/u, 'no control or invisible characters')

export const appViewSchema = z.object({
  appid: appidSchema,
  teamId: z.string(),
  name: z.string(),
  /** What is wanted. */
  state: appStateSchema,
  /** What is. */
  phase: appPhaseSchema,
  /** Why the phase is `failed`: last error and stderr; null otherwise. */
  phaseError: z.string().nullable(),
  /** `http://<appid>.<apps domain>` without a slash at the end. */
  url: z.string(),
  functionCount: z.number().int(),
  lastPublish: z
    .object({ at: date, by: z.string(), functionName: z.string(), revision: z.number().int() })
    .nullable(),
  settings: appSettingsSchema,
  /** Walls in force around the runtime, e.g. ['permission']; empty while it is not running. */
  isolation: z.array(z.string()),
  replicas: z.object({ live: z.number().int(), total: z.number().int() }),
  /** Whether functions can be published only when the tests that this affects pass. */
  testsGatePublish: z.boolean(),
  /** What became of the last run of all that the app has; null where there was none. */
  lastTests: z
    .object({
      at: date,
      passed: z.number().int(),
      failed: z.number().int(),
      skipped: z.number().int(),
    })
    .nullable(),
  typeCheck: typeCheckSchema,
  createdAt: date,
})
export type AppView = z.infer<typeof appViewSchema>

export const draftSchema = z.object({
  source,
  /** The live revision it is based on; 0 = none. */
  baseRevision: z.number().int().min(0),
  /** Counts saves. */
  version: z.number().int(),
  /** Which window of the console saved it last, where it said so. */
  window: z.string().nullable(),
  updatedAt: date,
  updatedBy: z.string(),
})
export type Draft = z.infer<typeof draftSchema>

/** A row of the tree. */
export const functionSummarySchema = z.object({
  name: z.string(),
  liveRevision: z.number().int(),
  /** The draft's text is not the live revision's. */
  draftDiffers: z.boolean(),
  methods: z.array(z.string()).nullable(),
  timeoutMs: z.number().int(),
  /** Requests at a time; null = as many as come. */
  concurrency: z.number().int().nullable(),
  description: z.string(),
  tags: z.array(z.string()),
  updatedAt: date,
})
export type FunctionSummary = z.infer<typeof functionSummarySchema>

export const functionViewSchema = functionSummarySchema.extend({
  draft: draftSchema,
  /** null = never published. */
  live: z
    .object({
      revision: z.number().int(),
      source,
      sha256: z.string(),
      author: z.string(),
      createdAt: date,
      note: z.string(),
    })
    .nullable(),
  /** The function's address. */
  url: z.string(),
})
export type FunctionView = z.infer<typeof functionViewSchema>

export const revisionSummarySchema = z.object({
  revision: z.number().int(),
  sha256: z.string(),
  author: z.string(),
  createdAt: date,
  note: z.string(),
  live: z.boolean(),
})
export type RevisionSummary = z.infer<typeof revisionSummarySchema>
export const revisionViewSchema = revisionSummarySchema.extend({ source })
export type RevisionView = z.infer<typeof revisionViewSchema>

export const publishResultSchema = z.object({
  revision: z.number().int(),
  /** From the request's arrival at the api to the last runtime's answer; null when no runtime was up. */
  liveInMs: z.number().nullable(),
  replicas: z.object({ live: z.number().int(), total: z.number().int() }),
})
export type PublishResult = z.infer<typeof publishResultSchema>

/** Inputs of procedures, by `entity.verb`. */
export const inputs = {
  app: z.object({ appid: appidSchema }),
  appsList: z
    .object({
      /** Without it, the apps of all the caller's teams. */
      teamId: z.string().optional(),
      /** Part of a name or an appid. */
      search: z.string().trim().max(100).optional(),
      /** A page of so many; without it, all. */
      limit: z.number().int().min(1).max(500).optional(),
      /** The appid that the previous page ended with. */
      after: appidSchema.optional(),
    })
    .optional(),
  appsCreate: z.object({ name: appNameSchema, teamId: z.string().optional() }),
  appsUpdate: z.object({
    ...appSettingsSchema.partial().shape,
    appid: appidSchema,
    testsGatePublish: z.boolean().optional(),
    typeCheck: typeCheckSchema.optional(),
  }),
  appsRename: z.object({ appid: appidSchema, name: appNameSchema }),
  appsDelete: z.object({ appid: appidSchema, confirmName: z.string() }),
  function: z.object({ appid: appidSchema, name: functionNameSchema }),
  functionsCreate: z.object({ appid: appidSchema, name: functionNameSchema, source: source.optional() }),
  functionsRename: z.object({ appid: appidSchema, name: functionNameSchema, newName: functionNameSchema }),
  functionsUpdate: z.object({
    appid: appidSchema,
    name: functionNameSchema,
    timeoutMs: z.number().int().min(10).max(3_600_000).optional(),
    concurrency: z.number().int().min(1).max(10_000).nullable().optional(),
    methods: z.array(methodSchema).max(7).nullable().optional(),
    description: z.string().max(1000).optional(),
    tags: z.array(z.string().min(1).max(32)).max(16).optional(),
  }),
  revisionsGet: z.object({ appid: appidSchema, name: functionNameSchema, revision: z.number().int().min(1) }),
  revisionsList: z.object({
    appid: appidSchema,
    name: functionNameSchema,
    /** Only revisions below this number: the next page. */
    before: z.number().int().optional(),
    limit: z.number().int().min(1).max(100).default(50),
  }),
  functionsRestore: z.object({
    appid: appidSchema,
    /** From `functions.deleted`. */
    id: z.string().min(1).max(64),
    /** A free name, when the old one is taken. */
    newName: functionNameSchema.optional(),
  }),
  /**
   * A subscription over SSE. A source of up to 1 MB does not fit a URL, so the console subscribes by POST with the
   * input as the JSON body: the api serves tRPC with `allowMethodOverride: true` (GET goes on working).
   */
  runsExecute: z.object({
    appid: appidSchema,
    name: functionNameSchema,
    /** The draft to run. Without it, what is live runs. */
    source: source.optional(),
    request: runRequestSchema.prefault({}),
    /** The answer comes as `head` and `chunk` events while it comes; `response` then has no body. */
    stream: z.boolean().default(false),
    /** Runs in the caller's own debug runtime: the id that `debug.session` gave. */
    debugSession: z.string().min(1).max(64).optional(),
  }),
  logsTail: z.object({
    appid: appidSchema,
    functionName: functionNameSchema.optional(),
    level: logLevelSchema.optional(),
    /** Set by tRPC's client when it reconnects: continue after this event. */
    lastEventId: z.string().max(64).nullish(),
  }),
  setupComplete: z.object({
    /** From the one-time link. */
    token: z.string().min(1).max(128),
    email: emailSchema,
    password: passwordSchema,
    name: personNameSchema,
  }),
} as const

/** A function in the recycle bin. */
export interface DeletedFunction {
  id: string
  name: string
  /** 0 = it was never published. */
  liveRevision: number
  deletedAt: string
  deletedBy: string
}

/** The caller. */
export interface AccountView {
  id: string
  email: string
  name: string
}

/** What `logs.tail` yields. */
export const logEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('line'), line: logLineSchema }),
  z.object({ type: z.literal('dropped'), count: z.number().int() }),
])
export type LogEvent = z.infer<typeof logEventSchema>

export const systemStatusSchema = z.object({
  version: z.string(),
  database: z.enum(['embedded', 'mongodb']),
  runtimeDriver: z.string(),
  gatewayDriver: z.string(),
  appsDomain: z.string(),
  /** Isolation that runtimes on this machine get. */
  isolation: z.array(z.string()),
  gateways: z.number().int(),
  uptimeSeconds: z.number(),
})
export type SystemStatus = z.infer<typeof systemStatusSchema>
