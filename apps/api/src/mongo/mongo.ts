import { type Collection, type Db, MongoClient } from 'mongodb'
import type {
  ApiKeyDoc,
  GuessDoc,
  InvitationDoc,
  MemberDoc,
  OrganizationDoc,
  PasskeyDoc,
  SessionDoc,
  TwoFactorDoc,
  UserDoc,
} from './account-documents.ts'
import type { CaseDoc, TestDatabaseDoc } from './case-documents.ts'
import type { DependenciesDoc, RegistryDoc } from './dependency-documents.ts'
import type {
  AppDoc,
  AuditDoc,
  CommentDoc,
  EnvDoc,
  FiringDoc,
  FunctionDoc,
  LogDoc,
  OccupancyDoc,
  PreferencesDoc,
  PresenceDoc,
  RevisionDoc,
  RuntimeDoc,
  SetupDoc,
  TriggerDoc,
} from './documents.ts'
import type { InvocationDoc, MetricsDoc } from './observed.ts'
import type { RunDoc, VariableSetDoc } from './run-documents.ts'

/** How long an operation waits for a database that is away, e.g. while it is being restarted. */
const SELECTION_TIMEOUT_MS = 10_000

/** The platform's database, with its collections typed. Verbs and the reconciler are its only users. */
export interface Mongo extends AsyncDisposable {
  client: MongoClient
  db: Db
  apps: Collection<AppDoc>
  functions: Collection<FunctionDoc>
  revisions: Collection<RevisionDoc>
  runtimes: Collection<RuntimeDoc>
  logs: Collection<LogDoc>
  invocations: Collection<InvocationDoc>
  metrics: Collection<MetricsDoc>
  env: Collection<EnvDoc>
  cases: Collection<CaseDoc>
  runs: Collection<RunDoc>
  variableSets: Collection<VariableSetDoc>
  testDatabases: Collection<TestDatabaseDoc>
  triggers: Collection<TriggerDoc>
  firings: Collection<FiringDoc>
  dependencies: Collection<DependenciesDoc>
  registries: Collection<RegistryDoc>
  presence: Collection<PresenceDoc>
  preferences: Collection<PreferencesDoc>
  setup: Collection<SetupDoc>
  occupancy: Collection<OccupancyDoc>
  guesses: Collection<GuessDoc>
  comments: Collection<CommentDoc>
  members: Collection<MemberDoc>
  organizations: Collection<OrganizationDoc>
  audit: Collection<AuditDoc>
  invitations: Collection<InvitationDoc>
  users: Collection<UserDoc>
  /** Ways to sign in; better-auth's. */
  accounts: Collection<{ _id: string }>
  sessions: Collection<SessionDoc>
  passkeys: Collection<PasskeyDoc>
  twoFactors: Collection<TwoFactorDoc>
  apiKeys: Collection<ApiKeyDoc>
}

/** @throws the driver's error when the database cannot be reached or refuses the credentials */
export async function connectMongo(url: string, databaseName: string): Promise<Mongo> {
  const client = new MongoClient(url, {
    appName: 'lathe-api',
    serverSelectionTimeoutMS: SELECTION_TIMEOUT_MS,
    connectTimeoutMS: SELECTION_TIMEOUT_MS,
    maxPoolSize: 30,
    // Acknowledged means on disk: what the api calls published survives a crash of the database.
    writeConcern: { w: 'majority', journal: true },
    ignoreUndefined: true,
  })
  try {
    await client.connect()
    await client.db(databaseName).command({ ping: 1 })
  } catch (error) {
    await client.close()
    throw error
  }
  const db = client.db(databaseName)
  return {
    client,
    db,
    apps: db.collection('apps'),
    functions: db.collection('functions'),
    revisions: db.collection('revisions'),
    runtimes: db.collection('runtimes'),
    logs: db.collection('logs'),
    invocations: db.collection('invocations'),
    metrics: db.collection('metrics'),
    env: db.collection('env'),
    cases: db.collection('cases'),
    runs: db.collection('runs'),
    variableSets: db.collection('variableSets'),
    testDatabases: db.collection('testDatabases'),
    triggers: db.collection('triggers'),
    firings: db.collection('firings'),
    dependencies: db.collection('dependencies'),
    registries: db.collection('registries'),
    presence: db.collection('presence'),
    preferences: db.collection('preferences'),
    setup: db.collection('setup'),
    occupancy: db.collection('occupancy'),
    comments: db.collection('comments'),
    guesses: db.collection('guesses'),
    members: db.collection('member'),
    organizations: db.collection('organization'),
    audit: db.collection('audit'),
    invitations: db.collection('invitation'),
    users: db.collection('user'),
    accounts: db.collection('account'),
    sessions: db.collection('session'),
    passkeys: db.collection('passkey'),
    twoFactors: db.collection('twoFactor'),
    apiKeys: db.collection('apikey'),
    [Symbol.asyncDispose]: () => client.close(),
  }
}
