import Docker from 'dockerode'
import { beforeAll, describe, expect, test } from 'vitest'
import { answers, publish, runningApp } from './support/apps.ts'
import { eventually } from './support/eventually.ts'
import { type Stack, startStack } from './support/stack.ts'
import { visit } from './support/visit.ts'

const docker = new Docker()
const info = await docker.info().catch(() => null)
const swarm = info?.Swarm?.ControlAvailable === true
if (!info)
  console.warn('No Docker Engine answers here: the driver docker is not tested (apt-get install docker.io)')
else if (!swarm) console.warn('This engine is no swarm: replicas are not tested (docker swarm init)')

const DATABASE = `import cloud from '@lathe/cloud'
export default async () => {
  await cloud.mongo.db.collection('c').insertOne({ at: new Date() })
  return String(await cloud.mongo.db.collection('c').countDocuments())
}`
const PROBE = `import { readdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
const attempt = async (work) => { try { return await work() } catch (error) { return error.code } }
export default async (ctx) => ({
  root: await attempt(() => writeFileSync('/lathe/planted', '')),
  data: await attempt(() => readdirSync(ctx.query.data)),
  loopback: await attempt(() => new Promise((done, fail) => connect(Number(ctx.query.port), '127.0.0.1', () => done('open')).on('error', fail))),
  tmp: await attempt(() => { writeFileSync(process.env.TMPDIR + '/own', 'x'); return 'written' }),
})`

const containersOf = (appid: string) =>
  docker.listContainers({ filters: JSON.stringify({ label: [`lathe.appid=${appid}`] }) })

describe.skipIf(!info)('an app in a container', () => {
  let stack: Stack
  beforeAll(async () => {
    stack = await startStack({ LATHE_RUNTIME_DRIVER: 'docker' })
    return () => stack[Symbol.asyncDispose]()
  }, 120_000)

  test('is published to, reaches its database and nothing else of the machine', async () => {
    const app = await runningApp(stack)
    expect(app.isolation).toEqual(['docker', 'permission', 'cgroup'])
    const { replicas } = await publish(stack, app.appid, 'hello', "export default () => 'one'")
    expect(replicas).toEqual({ live: 1, total: 1 })
    await answers(`${app.url}/hello`, 'one')
    await publish(stack, app.appid, 'rows', DATABASE)
    await answers(`${app.url}/rows`, '1')
    await publish(stack, app.appid, 'probe', PROBE)
    const query = new URLSearchParams({ data: stack.data, port: String(stack.lathe.port) })
    const found = JSON.parse((await visit(`${app.url}/probe?${query}`)).text)
    expect(found).toEqual({
      root: 'ERR_ACCESS_DENIED',
      data: 'ERR_ACCESS_DENIED',
      loopback: 'ECONNREFUSED',
      tmp: 'written',
    })

    const [container] = await containersOf(app.appid)
    const { HostConfig, Mounts } = await docker.getContainer(container!.Id).inspect()
    if (!swarm) {
      expect(HostConfig).toMatchObject({
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
        PidsLimit: 128,
        NanoCpus: 1e9,
      })
      expect(HostConfig.SecurityOpt).toEqual(['no-new-privileges'])
    }
    const writable = Mounts.filter(({ RW, Type }) => RW && Type === 'bind').map(({ Source }) => Source)
    expect(writable).toEqual([expect.stringMatching(new RegExp(`/${app.appid}$`))])

    await stack.api.call('apps.delete', { appid: app.appid, confirmName: app.name })
    await eventually(async () => (await containersOf(app.appid)).length === 0, 'no container')
  })

  test('comes back when its container is killed, and is replaced by a restart without a lost request', async () => {
    const app = await runningApp(stack, 'killed')
    await publish(stack, app.appid, 'hello', "export default () => 'here'")
    await answers(`${app.url}/hello`, 'here')
    const [before] = await containersOf(app.appid)
    await docker.getContainer(before!.Id).kill()
    await eventually(async () => {
      const [now] = await containersOf(app.appid)
      return now !== undefined && now.Id !== before!.Id
    }, 'another container')
    await answers(`${app.url}/hello`, 'here')
    const restarted = stack.api.call('apps.restart', { appid: app.appid })
    const seen = new Set<string>()
    for (let over = false; !over; ) {
      over = await Promise.race([
        restarted.then(() => true),
        visit(`${app.url}/hello`).then(({ text }) => !seen.add(text)),
      ])
    }
    expect([...seen]).toEqual(['here'])
  })

  test('its containers and their network go when Lathe ends', async () => {
    const app = await runningApp(stack, 'last')
    expect(await containersOf(app.appid)).toHaveLength(1)
    await stack.lathe[Symbol.asyncDispose]()
    expect(await containersOf(app.appid)).toEqual([])
  })
})

describe.skipIf(!swarm)('an app on a swarm', () => {
  test('has replicas that a publish reaches, and that answer in turn', async () => {
    await using stack = await startStack({ LATHE_RUNTIME_DRIVER: 'docker', LATHE_REPLICAS: '3' })
    const app = await runningApp(stack)
    const { replicas } = await publish(
      stack,
      app.appid,
      'who',
      'let n = Math.random(); export default () => String(n)',
    )
    expect(replicas).toEqual({ live: 3, total: 3 })
    expect((await stack.api.call('apps.get', { appid: app.appid })).replicas).toEqual({ live: 3, total: 3 })
    const seen = new Set<string>()
    await eventually(async () => seen.add((await visit(`${app.url}/who`)).text).size === 3, 'three answering')
    await publish(stack, app.appid, 'rows', DATABASE)
    await answers(`${app.url}/rows`, '1')
  }, 120_000)
})

test.skipIf(!info || swarm)('replicas without a swarm are refused at the start, by name', async () => {
  const settings = { LATHE_RUNTIME_DRIVER: 'docker', LATHE_REPLICAS: '3' }
  await expect(startStack(settings)).rejects.toMatchObject({
    setting: 'LATHE_REPLICAS',
    message: expect.stringContaining('docker swarm init'),
  })
})

test('an engine that does not answer is refused at the start, by name', async () => {
  const before = process.env.DOCKER_HOST
  process.env.DOCKER_HOST = 'unix:///nowhere/docker.sock'
  try {
    await expect(startStack({ LATHE_RUNTIME_DRIVER: 'docker' })).rejects.toMatchObject({
      setting: 'LATHE_RUNTIME_DRIVER',
      message: expect.stringContaining('DOCKER_HOST'),
    })
  } finally {
    if (before === undefined) delete process.env.DOCKER_HOST
    else process.env.DOCKER_HOST = before
  }
})
