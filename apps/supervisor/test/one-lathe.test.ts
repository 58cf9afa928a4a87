import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { childReportSchema } from '@lathe/shared'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { processesOf, type SupervisorProcess, startSupervisor, temporaryFolder, until } from './process.ts'

const SERVER = fileURLToPath(new URL('../../../packages/embedded-mongo/dist/main.js', import.meta.url))
const PASSWORD = 'root-password-of-the-test'

/** A database that is nobody's in particular, as an operator's MongoDB. */
let stack: AsyncDisposableStack
let database: ChildProcess
let MONGODB_URL: string

beforeEach(async () => {
  stack = new AsyncDisposableStack()
  const data = stack.use(await temporaryFolder())
  database = fork(SERVER, [], {
    env: { LATHE_MONGO_DATA: data.path, LATHE_MONGO_ROOT_USER: 'root', LATHE_MONGO_ROOT_PASSWORD: PASSWORD },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  stack.defer(async () => {
    const ended = once(database, 'exit')
    database.kill('SIGTERM')
    await ended
  })
  const [report] = await once(database, 'message')
  const { address } = childReportSchema.parse(report) as { address: string }
  MONGODB_URL = `mongodb://root:${PASSWORD}@${address}/?authSource=admin`
})
afterEach(() => stack.disposeAsync())

interface Started {
  lathe: SupervisorProcess
  folder: string
}

async function start(): Promise<Started> {
  const { path: folder } = stack.use(await temporaryFolder())
  return { lathe: stack.use(startSupervisor({ LATHE_DATA: folder, MONGODB_URL })), folder }
}

test('a second Lathe on a database is refused by one line that says whose it is, and disturbs nothing', async () => {
  const first = await start()
  await first.lathe.printed('Ready')
  const second = await start()
  expect(await second.lathe.ended).not.toBe(0)
  const line = second.lathe.output().trim()
  expect(line).toMatch(/^MONGODB_URL: [^\n]+$/)
  expect(line).toContain(first.folder)
  expect(line).not.toContain(PASSWORD)
  expect(await processesOf(second.folder)).toEqual([])
  expect(first.lathe.child.exitCode).toBe(null)
})

test('a database is free again when its Lathe has stopped, and when it was killed', async () => {
  const stopped = await start()
  await stopped.lathe.printed('Ready')
  stopped.lathe.child.kill('SIGTERM')
  expect(await stopped.lathe.ended).toBe(0)
  const killed = await start()
  await killed.lathe.printed('Ready')
  // The api, too, which would otherwise leave properly when its supervisor is gone.
  const api = (await processesOf(killed.folder)).find((one) => one.includes('/api/dist/'))
  process.kill(Number.parseInt(api!, 10), 'SIGKILL')
  killed.lathe.child.kill('SIGKILL')
  await killed.lathe.ended
  await until(
    () => processesOf(killed.folder),
    (found) => found.length === 0,
  )
  const third = await start()
  await third.lathe.printed('Ready')
})
