import type {
  AppPhase,
  AppSettings,
  FiringOutcome,
  FiringReason,
  LogLine,
  Preferences,
  SidePurpose,
  TestCounts,
  TypeCheck,
} from '@lathe/shared'

/** What stands in the platform's database. Dates are Dates here, and ISO strings in views. */
export interface AppDoc {
  /** The appid. */
  _id: string
  teamId: string
  name: string
  /** What is wanted. */
  state: 'running' | 'stopped'
  /** What was last observed. */
  phase: AppPhase
  phaseError: string | null
  /** Password of the app's own database user, sealed. */
  databasePassword: string
  /** What was changed of the usual settings. */
  settings?: Partial<AppSettings>
  functionCount: number
  /** Absent counts as false. */
  testsGatePublish?: boolean
  /** Of the last run of all that there is. */
  lastTests?: TestCounts & { at: Date }
  lastPublish: { at: Date; by: string; functionName: string; revision: number } | null
  /** `warn` where it was never chosen. */
  typeCheck?: TypeCheck
  createdAt: Date
  createdBy: string
}

/** A published version. The live one stands inside its function, superseded ones in `revisions`. */
export interface RevisionBody {
  revision: number
  source: string
  /** SHA-256 of `source`, hex. */
  sha256: string
  /** Compiled ES module, its source map (JSON text) and the SHA-256 of the code. */
  code: string
  map: string
  codeSha256: string
  /** The attempt that wrote it: tells after a lost answer whether it was ours. */
  publishId: string
  author: string
  createdAt: Date
  note: string
}

export interface DraftBody {
  source: string
  baseRevision: number
  /** Counts saves, so that nothing overwrites a draft that was saved meanwhile. */
  version: number
  /** Which page of the console saved it last, where it said so. */
  window?: string | null
  updatedAt: Date
  /** Name, for people; `userId` is who. */
  updatedBy: string
  userId: string
}

export interface FunctionDoc {
  /** Revisions belong to this id, not to the name. */
  _id: string
  appid: string
  name: string
  /** Unique within the app: the name while it lives, `~<id>` (no legal name) in the recycle bin. */
  slot: string
  draft: DraftBody
  draftDiffers: boolean
  liveRevision: number
  live: RevisionBody | null
  methods: string[] | null
  timeoutMs: number
  concurrency?: number | null
  description: string
  tags: string[]
  createdAt: Date
  updatedAt: Date
  deletedAt: Date | null
  deletedBy: string | null
}

export interface RevisionDoc extends RevisionBody {
  _id: string
  appid: string
  functionId: string
}

/** A page of the console that is open on an app. It says again and again that it is; who is silent is gone. */
export interface PresenceDoc {
  /** `<appid>:<userId>:<window>` */
  _id: string
  appid: string
  window: string
  userId: string
  /** Name, for people. */
  who: string
  functionName: string | null
  editing: boolean
  expiresAt: Date
}

/** What a person chose for the console. */
export interface PreferencesDoc {
  /** The account's id. */
  _id: string
  chosen: Partial<Preferences>
}

/** The variables of an app, all in one record: every change of them is one atomic step. */
export interface EnvDoc {
  /** The appid. */
  _id: string
  /** Counts changes. */
  version: number
  variables: EnvVariable[]
}

export interface EnvVariable {
  name: string
  /** Sealed, whether it is secret or not. */
  value: string
  /** Bytes of the value, UTF-8. */
  bytes: number
  secret: boolean
  updatedAt: Date
  /** Name, for people. */
  updatedBy: string
}

/** A cron trigger of an app. */
export interface TriggerDoc {
  /** An ObjectId in hex. */
  _id: string
  appid: string
  /** Which function it calls: its id outlives a rename. */
  functionId: string
  /** As it was called when the trigger was saved, for when the function is gone. */
  functionName: string
  cron: string
  timeZone: string
  enabled: boolean
  missed: 'skip' | 'run-once'
  description: string
  payload: string
  /**
   * The next tick; null when it is off or has none. Whoever moves it on from a tick that is due, by a conditional
   * update, is the one who fires that tick.
   */
  nextAt: Date | null
  /** The firing of the last tick that was called, for not running twice at a time. */
  current: { firingId: string; claimedAt: Date } | null
  createdAt: Date
  createdBy: string
  updatedAt: Date
  updatedBy: string
}

/** What became of one tick. */
export interface FiringDoc {
  _id: string
  appid: string
  triggerId: string
  dueAt: Date
  startedAt: Date
  outcome: FiringOutcome
  reason: FiringReason | null
  cause: 'tick' | 'late' | 'now'
  ticks: number
  status: number | null
  durationMs: number | null
  requestId: string | null
  by: string | null
  /** While it runs: the process that runs it says again and again that it lives. Null when it is over. */
  leaseUntil: Date | null
}

/** One call that changed something, or was refused to. Written once, and never changed. */
export interface AuditDoc {
  /** An ObjectId in hex: order of arrival. */
  _id: string
  teamId: string
  at: Date
  userId: string
  who: string
  token: string | null
  action: string
  appid: string | null
  target: Record<string, string>
  outcome: string
  address: string
  requestId: string
  /** All that a search looks at. */
  text: string
}

/** A runtime instance that was asked for. Written before its process starts, removed after it ended. */
export interface RuntimeDoc {
  /** The instance id. */
  _id: string
  appid: string
  /** SHA-256 of the token with which it opens the control channel. */
  tokenHash: string
  /** `ready` ones have a place in the route; `retiring` ones are on their way out. */
  status: 'starting' | 'ready' | 'retiring'
  /** Which generation of the app's packages it imports from; '' until that is known. */
  generation: string
  /** Of side runtimes: what for. They have no place in the route and are no part of what serves. */
  side?: SidePurpose
  startedAt: Date
}

export interface LogDoc extends Omit<LogLine, 'at'> {
  /** Order of arrival. */
  _id: string
  appid: string
  instanceId: string
  at: Date
  /** Warnings and errors have it: they have an index of their own. */
  severe?: true
  expiresAt: Date
}

/** The one-time link of the first run. */
export interface SetupDoc {
  _id: 'setup'
  tokenHash: string
  expiresAt: Date
}

/** Which Lathe drives this database. */
export interface OccupancyDoc {
  _id: 'lathe'
  /** `host:/data/folder` */
  owner: string
  /** Another one each time the owner is heard of. */
  beat: string
}

/** What somebody said about a revision of a function. */
export interface CommentDoc {
  /** An ObjectId in hex: order of arrival. */
  _id: string
  appid: string
  functionId: string
  revision: number
  userId: string
  /** Name, for people. */
  who: string
  text: string
  createdAt: Date
  editedAt: Date | null
}
