import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { appidFrom } from '@lathe/shared'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AppDoc, FunctionDoc } from '../src/mongo/documents.ts'
import { inPhase, publish, runningApp } from './support/apps.ts'
import { eventually } from './support/eventually.ts'
import { type Stack, startStack } from './support/stack.ts'
import { visit } from './support/visit.ts'

const SLEEPERS = 200

let stack: Stack
let mongo: MongoClient
beforeAll(async () => {
  stack = await startStack({ LATHE_IDLE_STOP: '1s' })
  mongo = await new MongoClient(stack.lathe.mongoUrl).connect()
})
afterAll(async () => {
  await mongo?.close()
  await stack?.[Symbol.asyncDispose]()
})

async function figureOfApi(name: string): Promise<number> {
  const page = await new Promise<string>((resolve, reject) => {
    request({ socketPath: `${stack.data}/run/api.sock`, path: '/metrics' }, (answer) => resolve(text(answer)))
      .on('error', reject)
      .end()
  })
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(page)![1])
}

/** The api as it is after its start: nothing of what was before is in its memory. */
async function restartApi(): Promise<void> {
  const { api } = stack.lathe.pids()
  process.kill(api!, 'SIGTERM')
  await eventually(async () => {
    const now = stack.lathe.pids().api
    return now !== null && now !== api && (await figureOfApi('lathe_gateways')) === 1
  }, 'the api again')
}

test('200 sleeping apps are rows: no process, no timer, next to no memory; one wakes alone', async () => {
  const { appid, url } = await runningApp(stack, 'sleeper')
  await publish(stack, appid, 'hello', `export default () => 'awake'`)
  await inPhase(stack.api, appid, 'sleeping')
  await eventually(async () => stack.lathe.pids().runtimes.length === 0, 'the end of the runtime')
  await restartApi()
  const timers = await figureOfApi('nodejs_active_timers')
  const memory = await figureOfApi('process_resident_memory_bytes')

  // As if they had been made, published and left one by one, which would start a process each.
  const apps = mongo.db('lathe').collection<AppDoc>('apps')
  const functions = mongo.db('lathe').collection<FunctionDoc>('functions')
  const app = await apps.findOne({ _id: appid })
  const live = await functions.findOne({ appid })
  const appids = Array.from({ length: SLEEPERS - 1 }, () => appidFrom(randomBytes(6)))
  await apps.insertMany(appids.map((_id) => ({ ...app!, _id, name: `sleeper ${_id}` })))
  await functions.insertMany(appids.map((one) => ({ ...live!, _id: `${live!._id}-${one}`, appid: one })))
  await restartApi()

  const found = await stack.api.call('apps.list')
  expect(found.filter(({ phase }) => phase === 'sleeping')).toHaveLength(SLEEPERS)
  expect(stack.lathe.pids().runtimes).toEqual([])
  // One more for each of them would be 200; those of requests and connections come and go.
  await eventually(async () => (await figureOfApi('nodejs_active_timers')) < timers + SLEEPERS / 10, 'timers')
  const grownBy = (await figureOfApi('process_resident_memory_bytes')) - memory
  expect(grownBy / SLEEPERS).toBeLessThan(512 * 1024)

  expect(await visit(`${url}/hello`)).toMatchObject({ status: 200, text: 'awake' })
  expect(stack.lathe.pids().runtimes).toHaveLength(1)
})
