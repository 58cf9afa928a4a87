import { randomBytes } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Isolation } from '@lathe/shared'
import { appDatabaseName } from '../../src/mongo/app-database.ts'
import { answers, publish, runningApp, runtimePid } from '../support/apps.ts'
import { eventually } from '../support/eventually.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { type Visit, visit } from '../support/visit.ts'
import { type Attempt, attemptSource, type Target } from './attempt.ts'
// Loaded so that the process has a native addon, whose file the attempts try to load.
import 'oxc-transform'

export interface World extends AsyncDisposable {
  stack: Stack
  target: Target
  attacker: { appid: string; url: string }
  /** Words that no attempt may bring home. */
  secrets: string[]
  /** Publishes the attempt as a function of the attacker's app and visits it. */
  make(attempt: Attempt): Promise<Visit>
  /** What must be the same after each attempt: who runs, and what the other app answers. */
  state(): Promise<unknown>
}

/**
 * A Lathe with two apps: one attacks, the other and the platform have secrets.
 * @param startedAhead the attacker's runtime, behind bubblewrap, is one that was there before it was the attacker's
 */
export async function startWorld(isolation: Isolation, startedAhead = false): Promise<World> {
  await using owned = new AsyncDisposableStack()
  const word = (of: string) => `${of}-${randomBytes(12).toString('hex')}`
  const variable = word('variable')
  const document = word('document')
  const registryToken = word('registry')
  const stack = owned.use(
    await startStack({ LATHE_ISOLATION: isolation, LATHE_WARM_RUNTIMES: startedAhead ? '1' : '0' }),
  )
  const { api, lathe } = stack
  const [team] = await api.call('teams.list')
  await api.call('registries.save', {
    teamId: team!.id,
    scope: '@corpus',
    url: 'http://127.0.0.1:9',
    token: registryToken,
  })

  const victim = await runningApp(stack, 'victim')
  await api.call('env.set', { appid: victim.appid, name: 'WORD', value: variable })
  await publish(
    stack,
    victim.appid,
    'secret',
    "export default () => 'the word has ' + process.env.WORD!.length + ' letters'",
  )
  await publish(
    stack,
    victim.appid,
    'echo',
    'export default (ctx) => ({ headers: ctx.headers, trigger: ctx.trigger })',
  )
  await publish(
    stack,
    victim.appid,
    'fill',
    `import cloud from '@lathe/cloud'\nexport default async () => { await cloud.mongo.db.collection('secrets').insertOne({ word: '${document}' }); return 'filled' }`,
  )
  await publish(
    stack,
    victim.appid,
    'count',
    `import cloud from '@lathe/cloud'\nexport default async () => JSON.stringify(await cloud.mongo.db.collection('secrets').find({}, { projection: { _id: 0 } }).toArray())`,
  )
  await answers(`${victim.url}/fill`, 'filled')
  const waiting = startedAhead
    ? await eventually(async () => lathe.pids().warm[0] ?? null, 'a runtime that waits for an app')
    : null
  const attacker = await runningApp(stack, 'attacker')
  if (waiting && (await runtimePid(stack, attacker.appid)) !== waiting)
    throw new Error('the attacker has not got the runtime that waited')
  await publish(stack, attacker.appid, 'ping', "export default () => 'pong'")

  const root = lathe.data.root
  const folder = join(root, 'apps', attacker.appid)
  /** Bubblewrap shows every app its own at the same places. */
  const own = isolation === 'bwrap' ? '/lathe/app' : folder
  const outside = await mkdtemp(join(tmpdir(), 'lathe-outside-'))
  owned.defer(() => rm(outside, { recursive: true, force: true }))
  const decoy = join(root, 'decoy')
  for (const path of [decoy, `${decoy}-removed`, `${decoy}-renamed`]) await writeFile(path, 'decoy')
  const packageFile = join(root, 'packages', 'apps', attacker.appid, 'shared.js')
  await mkdir(join(packageFile, '..'), { recursive: true })
  await writeFile(packageFile, 'export {}', { mode: 0o644 })
  await copyFile(loadedAddon(), join(folder, 'addon.node'))
  await writeFile(join(folder, 'tmp', 'none.mjs'), '')
  await writeFile(join(folder, 'tmp', 'none.js'), '')

  const socketOf = async (appid: string) => {
    const dir = join(lathe.data.run, appid)
    return join(dir, (await readdir(dir)).find((name) => name.endsWith('.sock'))!)
  }
  const seen = (path: string, inside: string) => (isolation === 'bwrap' ? join(inside, basename(path)) : path)
  const attackerPid = await runtimePid(stack, attacker.appid)
  const tokens = await Promise.all(
    // Those that were started ahead were told theirs, and have none in their environment.
    (startedAhead ? [] : [attackerPid, await runtimePid(stack, victim.appid)]).map((pid) =>
      variableOf(pid, 'LATHE_INSTANCE_TOKEN'),
    ),
  )
  const gatewayToken = await variableOf(lathe.pids().api!, 'LATHE_GATEWAY_TOKEN')
  const key = (await readFile(join(root, 'secret.key'), 'utf8')).trim()
  const secrets = [variable, document, registryToken, key, gatewayToken, ...tokens]
  const target: Target = {
    own,
    socket: seen(await socketOf(attacker.appid), '/lathe/run'),
    victim: {
      appid: victim.appid,
      dir: join(root, 'apps', victim.appid),
      pid: await runtimePid(stack, victim.appid),
      socket: await socketOf(victim.appid),
      database: appDatabaseName(victim.appid),
      url: victim.url,
    },
    decoy,
    packageFile: seen(packageFile, '/lathe/packages'),
    addon: join(own, 'addon.node'),
    data: root,
    apiSocket: lathe.apiSocket,
    controlSocket: join(lathe.data.run, 'control', 'api.sock'),
    apiPid: lathe.pids().api!,
    outside,
    port: lathe.port,
    backwards: secrets.map((secret) => [...secret].reverse().join('')),
  }
  const moved = owned.move()
  let count = 0
  return {
    stack,
    target,
    attacker,
    secrets,
    async make(attempt) {
      const name = `attempt${++count}`
      await publish(stack, attacker.appid, name, attemptSource(attempt))
      if (attempt.timeoutMs) {
        await api.call('functions.update', { appid: attacker.appid, name, timeoutMs: attempt.timeoutMs })
      }
      return visit(`${attacker.url}/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(target),
      })
    },
    async state() {
      const { database, api: apiPid, gateway } = lathe.pids()
      const [running, secret, documents, ping, snapshot, shared, planted, ...decoys] = await Promise.all([
        runtimePid(stack, victim.appid),
        visit(`${victim.url}/secret`),
        visit(`${victim.url}/count`),
        visit(`${attacker.url}/ping`),
        readFile(join(target.victim.dir, 'state', 'snapshot.json'), 'utf8'),
        readFile(packageFile, 'utf8'),
        readdir(outside),
        ...[decoy, `${decoy}-removed`, `${decoy}-renamed`].map((path) => readFile(path, 'utf8')),
      ])
      const answers = [secret.text, documents.text, ping.text]
      return { programs: [database, apiPid, gateway, running], answers, snapshot, shared, planted, decoys }
    },
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  }
}

/** The file of a native addon that this process has loaded itself. */
function loadedAddon(): string {
  const { sharedObjects } = process.report.getReport() as unknown as { sharedObjects: string[] }
  return sharedObjects.find((path) => path.endsWith('.node'))!
}

async function variableOf(pid: number, name: string): Promise<string> {
  // Behind bubblewrap `pid` is bubblewrap's own, which has the environment as well.
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8')
  return environment
    .split('\0')
    .find((line) => line.startsWith(`${name}=`))!
    .slice(name.length + 1)
}
