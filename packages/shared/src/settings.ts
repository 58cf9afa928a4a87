import { z } from 'zod'

/** What a second runtime of an app is started for. */
export const sidePurposeSchema = z.enum(['debug', 'test'])
export type SidePurpose = z.infer<typeof sidePurposeSchema>

/**
 * The settings an operator can write, as strings from the environment. Read in each program's `config/`,
 * validated here once. Error messages are shown after the setting's name.
 */
const port = z.coerce
  .number({ error: 'must be a port number' })
  .int('must be a whole number')
  .min(0, 'must be 0 or above')
  .max(65535, 'must be at most 65535')

const hostWithPort = z
  .string()
  .toLowerCase()
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/, 'must be a host name, with :port where it is not 80')

/** The console may stand behind TLS, which something in front of the gateway ends: then `https://` says so. */
const consoleHost = z
  .string()
  .toLowerCase()
  .regex(
    /^(https:\/\/)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/,
    'must be a host name, with :port where it needs one, and https:// before it where it is behind TLS',
  )

const packagesQuota = z.coerce
  .number({ error: 'must be a number of megabytes' })
  .int('must be a whole number')
  .min(1, 'must be at least 1')
  .default(500)

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000 } as const

/** `90s`, `15m`, `2h`, or a number of seconds; to milliseconds. */
const duration = z
  .string()
  .regex(/^\d{1,6}[smh]?$/, 'must be 0 (never), or a time such as 90s, 15m or 2h')
  .transform((text) => {
    const unit = text.at(-1) as keyof typeof UNIT_MS
    return Number.parseInt(text, 10) * (UNIT_MS[unit] ?? UNIT_MS.s)
  })

const synchronous = z.enum(['FULL', 'NORMAL'], { error: 'must be FULL or NORMAL' }).default('FULL')

const runtimeDriver = z.enum(['local', 'docker'], { error: 'must be local or docker' }).default('local')

const replicas = z.coerce
  .number({ error: 'must be a number' })
  .int('must be a whole number')
  .min(1, 'must be at least 1')
  .max(20, 'must be at most 20')
  .default(1)

const warmRuntimes = z.coerce
  .number({ error: 'must be a number' })
  .int('must be a whole number')
  .min(0, 'must be 0 (none) or above')
  .max(10, 'must be at most 10')
  .default(1)

const address = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])
/** Comma-separated addresses and networks. */
const addresses = z
  .string()
  .transform((text) => text.split(',').flatMap((one) => one.trim() || []))
  .refine((list) => list.every((one) => address.safeParse(one).success), {
    error: 'must be addresses or networks, with commas between them: 10.0.0.7, 10.1.0.0/16',
  })

/** The identity provider that people may sign in by (OpenID Connect). */
const singleSignOn = {
  /** Its address: what stands before `/.well-known/openid-configuration`. */
  LATHE_OIDC_ISSUER: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).optional(),
  LATHE_OIDC_CLIENT_ID: z.string().min(1).max(256).optional(),
  LATHE_OIDC_CLIENT_SECRET: z.string().min(1).max(1024).optional(),
  /** What the button on the sign-in page calls it. */
  LATHE_OIDC_NAME: z.string().min(1).max(64).optional(),
  /** Whether whoever it vouches for gets an account; else only people who have one can sign in by it. */
  LATHE_OIDC_SIGN_UP: z.stringbool({ error: 'must be true or false' }).optional(),
}

export const settingsSchema = z
  .object({
    LATHE_HOST: z.string().min(1).default('127.0.0.1'),
    LATHE_PORT: port.default(8000),
    LATHE_DATA: z.string().min(1).default('./.lathe'),
    /** Default: localhost:<LATHE_PORT>. */
    LATHE_CONSOLE_HOST: consoleHost.optional(),
    /** Default: localhost:<LATHE_PORT>. */
    LATHE_APPS_DOMAIN: hostWithPort.optional(),
    /** Where runtimes run: processes of this machine, or containers of its Docker Engine or Swarm. */
    LATHE_RUNTIME_DRIVER: runtimeDriver,
    /** Runtimes per app; more than one need a swarm. */
    LATHE_REPLICAS: replicas,
    LATHE_GATEWAY_DRIVER: z
      .enum(['embedded'], { error: 'must be embedded (apisix comes later)' })
      .default('embedded'),
    MONGODB_URL: z
      .string()
      .regex(/^mongodb(\+srv)?:\/\/\S+$/, 'must begin with mongodb:// or mongodb+srv://')
      .optional(),
    /** Encrypts secrets at rest and signs sessions. Without it a key is made in LATHE_DATA/secret.key. */
    LATHE_SECRET_KEY: z
      .string()
      .min(32, 'must have at least 32 characters (try: openssl rand -hex 32)')
      .optional(),
    LATHE_OWNER_EMAIL: z.email('must be an email address').optional(),
    LATHE_OWNER_PASSWORD: z.string().min(8, 'must have at least 8 characters').max(128).optional(),
    /** Proxies before the gateway whose `x-forwarded-for` and `x-forwarded-proto` are believed. */
    LATHE_TRUSTED_PROXIES: addresses.default([]),
    LATHE_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
    /** Walls around runtimes: bubblewrap where it works (`auto`), always (`bwrap`), or Node's permission model alone. */
    LATHE_ISOLATION: z
      .enum(['auto', 'bwrap', 'permission'], { error: 'must be auto, bwrap or permission' })
      .default('auto'),
    /** Processes that are started ahead, for whichever app starts next; behind bubblewrap only. */
    LATHE_WARM_RUNTIMES: warmRuntimes,
    /** The npm registry. Default: the one of the user's .npmrc, else npm's own. */
    LATHE_REGISTRY: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).optional(),
    /** What the packages of one app may take on disk. */
    LATHE_PACKAGES_QUOTA_MB: packagesQuota,
    /** The embedded database: whether what it acknowledges survives a power cut, or only a crash of the process. */
    LATHE_MONGO_SYNCHRONOUS: synchronous,
    /** How long an app may be without requests before its runtime is stopped until the next one; 0 = for ever. */
    LATHE_IDLE_STOP: duration.default(15 * UNIT_MS.m),
    /** A debug session that nobody uses for so long ends. */
    LATHE_DEBUG_IDLE: duration.refine((ms) => ms > 0, 'must be above 0').default(10 * UNIT_MS.m),
    /** The server that sends e-mail. Without it, links are shown to whoever would have sent them. */
    LATHE_SMTP_URL: z
      .string()
      .regex(/^smtps?:\/\/\S+$/, 'must begin with smtp:// or smtps://')
      .optional(),
    /** Whom e-mails are from. Default: lathe@ the console's host. */
    LATHE_MAIL_FROM: z.string().min(3).max(200).optional(),
    ...singleSignOn,
  })
  .superRefine((s, ctx) => {
    if (s.LATHE_REPLICAS > 1 && s.LATHE_RUNTIME_DRIVER === 'local') {
      const message = 'more than 1 need LATHE_RUNTIME_DRIVER=docker on a swarm'
      ctx.addIssue({ code: 'custom', path: ['LATHE_REPLICAS'], message })
    }
    if (s.LATHE_RUNTIME_DRIVER === 'docker' && s.MONGODB_URL && isLoopback(s.MONGODB_URL)) {
      const message =
        'names this machine’s loopback, which containers do not reach: use an address that they do'
      ctx.addIssue({ code: 'custom', path: ['MONGODB_URL'], message })
    }
    const oidc = ['LATHE_OIDC_ISSUER', 'LATHE_OIDC_CLIENT_ID', 'LATHE_OIDC_CLIENT_SECRET'] as const
    const missingOidc = oidc.find((name) => !s[name])
    if (missingOidc && oidc.some((name) => s[name])) {
      ctx.addIssue({ code: 'custom', path: [missingOidc], message: `is needed too: set ${oidc.join(', ')}` })
    }
    if (Boolean(s.LATHE_OWNER_EMAIL) !== Boolean(s.LATHE_OWNER_PASSWORD)) {
      const missing = s.LATHE_OWNER_EMAIL ? 'LATHE_OWNER_PASSWORD' : 'LATHE_OWNER_EMAIL'
      ctx.addIssue({ code: 'custom', path: [missing], message: 'is needed too: set both or neither' })
    }
  })

function isLoopback(url: string): boolean {
  return /^mongodb:\/\/(?:[^@/]*@)?(?:localhost|127\.[\d.]+|\[::1\])(?=[:,/?]|$)/i.test(url)
}

export type Settings = z.infer<typeof settingsSchema>

/** What the supervisor hands to the api, beside the settings. Paths are absolute. */
export const apiEnvSchema = z.object({
  LATHE_API_SOCKET: z.string().min(1),
  LATHE_CONTROL_SOCKET: z.string().min(1),
  /** Short folder for the runtimes' sockets: `<run dir>/<appid>/<instanceId>.sock`. */
  LATHE_RUN_DIR: z.string().min(1),
  LATHE_DATA: z.string().min(1),
  /** The console's origin, as browsers see it: `https://...` where it is behind TLS. */
  LATHE_CONSOLE_URL: z.url({ protocol: /^https?$/ }),
  LATHE_APPS_DOMAIN: hostWithPort,
  /** Where the gateway listens, for runs: `127.0.0.1:8000`. */
  LATHE_GATEWAY_ADDRESS: z.string().min(1),
  LATHE_SECRET_KEY: z.string().min(32),
  LATHE_GATEWAY_TOKEN: z.string().min(32),
  MONGODB_URL: z.string().min(1),
  LATHE_DATABASE: z.enum(['embedded', 'mongodb']),
  LATHE_RUNTIME_DRIVER: runtimeDriver,
  LATHE_REPLICAS: replicas,
  /** `main.js` of the runtime's bundle, which images for containers are made of. */
  LATHE_RUNTIME_ENTRY: z.string().default(''),
  /** Unix socket of the embedded database, for runtimes in containers. */
  LATHE_DATABASE_SOCKET: z.string().optional(),
  /** Comma-separated walls that runtimes of this machine get, for `system.status`. */
  LATHE_ISOLATION: z.string().default('permission'),
  /** Name of the platform's own database. */
  LATHE_DATABASE_NAME: z.string().default('lathe'),
  LATHE_OWNER_EMAIL: z.string().optional(),
  LATHE_OWNER_PASSWORD: z.string().optional(),
  LATHE_SMTP_URL: z.string().optional(),
  LATHE_MAIL_FROM: z.string().optional(),
  ...singleSignOn,
  LATHE_REGISTRY: z.string().optional(),
  LATHE_PACKAGES_QUOTA_MB: packagesQuota,
  /** `LATHE_IDLE_STOP` in milliseconds. */
  LATHE_IDLE_STOP_MS: z.coerce.number().int().nonnegative().default(0),
  /** `LATHE_DEBUG_IDLE` in milliseconds. */
  LATHE_DEBUG_IDLE_MS: z.coerce.number().int().positive().default(600_000),
  LATHE_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
})
export type ApiEnv = z.infer<typeof apiEnvSchema>

/** What the supervisor hands to the gateway. */
export const gatewayEnvSchema = z.object({
  LATHE_HOST: z.string().min(1),
  LATHE_PORT: port,
  LATHE_CONSOLE_HOST: hostWithPort,
  /** Whether something before the gateway ends TLS for the console: browsers are told to stay with it (HSTS). */
  LATHE_CONSOLE_TLS: z.stringbool().default(false),
  LATHE_TRUSTED_PROXIES: addresses.default([]),
  LATHE_APPS_DOMAIN: hostWithPort,
  LATHE_API_SOCKET: z.string().min(1),
  LATHE_CONTROL_SOCKET: z.string().min(1),
  LATHE_GATEWAY_TOKEN: z.string().min(32),
  /** Folder of the console's built files. */
  LATHE_CONSOLE_DIST: z.string().min(1),
  /** File in which the last known routes are kept, so that a gateway can start while the api is away. */
  LATHE_ROUTES_FILE: z.string().min(1),
  LATHE_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
})
export type GatewayEnv = z.infer<typeof gatewayEnvSchema>

/**
 * What the api hands to a runtime through the supervisor. The runtime takes these out of `process.env` before any
 * of the app's code runs; the app's own variables come over the control channel. A process that is started ahead has
 * `LATHE_WARM` alone in its environment, and is given these as a line of JSON on its standard input once it is known
 * whose runtime it becomes.
 */
export const runtimeEnvSchema = z.object({
  LATHE_APPID: z.string().min(1),
  LATHE_INSTANCE_ID: z.string().min(1),
  LATHE_INSTANCE_TOKEN: z.string().min(32),
  LATHE_CONTROL_SOCKET: z.string().min(1),
  /** Unix socket to listen on. */
  LATHE_LISTEN: z.string().min(1),
  /** The app's own folder: `node_modules/`, `state/` (snapshot), `tmp/`. The only one it may write. */
  LATHE_APP_DIR: z.string().min(1),
  /**
   * The folder whose `node_modules` functions import from; read-only, since its files are shared with other apps by
   * hard links. Without it, packages are looked for in the app's folder.
   */
  LATHE_PACKAGES_DIR: z.string().min(1).optional(),
  /** The app's own database, with its own user. */
  LATHE_APP_MONGODB_URL: z.string().min(1),
  /** Comma-separated walls that the supervisor put around the process; set by the supervisor. */
  LATHE_ISOLATION: z.string().default(''),
  /** Absent: it serves the app's visitors. Else what it was started for, beside the one that serves. */
  LATHE_SIDE: sidePurposeSchema.optional(),
})
export type RuntimeEnv = z.infer<typeof runtimeEnvSchema>

/** Environment of the embedded database's process. */
export const mongoEnvSchema = z.object({
  /** Folder of the SQLite files. */
  LATHE_MONGO_DATA: z.string().min(1),
  LATHE_MONGO_HOST: z.string().default('127.0.0.1'),
  /** 0 = any free port; the one taken is reported. */
  LATHE_MONGO_PORT: port.default(0),
  /** Listens there, too: containers do not reach the machine's loopback. */
  LATHE_MONGO_SOCKET: z.string().optional(),
  LATHE_MONGO_ROOT_USER: z.string().min(1),
  LATHE_MONGO_ROOT_PASSWORD: z.string().min(16),
  LATHE_MONGO_SYNCHRONOUS: synchronous,
})
export type MongoEnv = z.infer<typeof mongoEnvSchema>

/**
 * What keeps the embedded database's process small. Messages of many documents are large and short-lived: the
 * collector is to come by early, and glibc to give such memory back instead of raising its threshold for keeping it.
 */
export const MONGO_PROCESS_ENV = { NODE_OPTIONS: '--max-semi-space-size=4', MALLOC_MMAP_THRESHOLD_: '131072' }
