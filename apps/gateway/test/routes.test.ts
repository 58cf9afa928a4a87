import { Agent } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, rawClient } from './support/client.ts'
import { route, TestGateway } from './support/gateway-process.ts'
import { until } from './support/until.ts'
import { httpUpstream } from './support/upstream.ts'

const APP = 'abcdef.localhost:8000'
let gateway: TestGateway

beforeAll(async () => {
  gateway = await TestGateway.start({ limits: { startHoldMs: 400 } })
})
afterAll(() => gateway[Symbol.asyncDispose]())

describe('swapping upstreams', () => {
  it('loses no request and sends none to the old upstream after `applied`, under load', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 16 })
    const swaps = 40
    let current = await httpUpstream(gateway.socketPath('r0'), (_, response) => response.end('r0'))
    await gateway.control.route(route('abcdef', current.path))
    let running = true
    let served = 0
    let applied = 0
    const failures: string[] = []
    const load = Array.from({ length: 16 }, async () => {
      while (running) {
        const atLeast = applied
        const answer = await ask(gateway.port, APP, '/', {
          agent,
          method: served % 2 ? 'POST' : 'GET',
        }).catch(String)
        served++
        const good =
          typeof answer !== 'string' && answer.status === 200 && Number(answer.body.slice(1)) >= atLeast
        if (!good) failures.push(`after ${atLeast}: ${JSON.stringify(answer)}`)
      }
    })
    for (let i = 1; i <= swaps; i++) {
      const name = `r${i}`
      const next = await httpUpstream(gateway.socketPath(name), (_, response) => response.end(name))
      await gateway.control.route(route('abcdef', next.path))
      applied = i
      const target = served + 20
      await until(() => served >= target)
      // Drained: the gateway has closed all its connections to it by itself.
      await new Promise((resolve) => current.server.close(resolve))
      current = next
    }
    running = false
    await Promise.all(load)
    agent.destroy()
    expect(failures).toEqual([])
    expect(served).toBeGreaterThan(swaps * 20)
    await current[Symbol.asyncDispose]()
  })

  it('lets a request in flight end on the upstream it began on', async () => {
    let finish: () => void = () => {}
    await using old = await httpUpstream(gateway.socketPath('old'), (_, response) => {
      response.write('begun on old, ')
      finish = () => response.end('ended on old')
    })
    await using next = await httpUpstream(gateway.socketPath('new'), (_, response) => response.end('new'))
    await gateway.control.route(route('abcdef', old.path))
    const inFlight = ask(gateway.port, APP)
    await until(() => old.requests.length === 1)
    await gateway.control.route(route('abcdef', next.path))
    expect((await ask(gateway.port, APP)).body).toBe('new')
    finish()
    expect((await inFlight).body).toBe('begun on old, ended on old')
  })

  it('takes several upstreams in turn', async () => {
    await using a = await httpUpstream(gateway.socketPath('a'), (_, response) => response.end('a'))
    await using b = await httpUpstream(gateway.socketPath('b'), (_, response) => response.end('b'))
    await gateway.control.route(route('abcdef', a.path, b.path))
    for (let i = 0; i < 20; i++) await ask(gateway.port, APP)
    expect([a.requests.length, b.requests.length]).toEqual([10, 10])
  })
})

describe('an app that is not there yet', () => {
  it('holds requests, with their bodies, while it starts', async () => {
    const slow = await TestGateway.start()
    await slow.control.route({ appid: 'abcdef', state: 'starting', upstreams: [] })
    const held = [
      ask(slow.port, APP, '/get'),
      ask(slow.port, APP, '/post', { method: 'POST', body: 'x'.repeat(500_000) }),
    ]
    await ask(slow.port, 'localhost')
    await using app = await httpUpstream(slow.socketPath('app'), (request, response) =>
      request.pipe(response),
    )
    await slow.control.route(route('abcdef', app.path))
    const [get, post] = await Promise.all(held)
    expect(get!.status).toBe(200)
    expect(post!.body).toHaveLength(500_000)
    await slow[Symbol.asyncDispose]()
  })

  it('answers 503 with Retry-After when it does not come in time', async () => {
    await gateway.control.route({ appid: 'abcdef', state: 'starting', upstreams: [] })
    const answer = await ask(gateway.port, APP)
    expect(answer.status).toBe(503)
    expect(answer.headers['retry-after']).toBe('2')
    expect(JSON.parse(answer.body).error.code).toBe('APP_STARTING')
  })

  it('answers at once when starting has failed', async () => {
    const slow = await TestGateway.start()
    await slow.control.route({ appid: 'abcdef', state: 'starting', upstreams: [] })
    const held = ask(slow.port, APP)
    await ask(slow.port, 'localhost')
    await slow.control.route({ appid: 'abcdef', state: 'failed', upstreams: [] })
    expect(JSON.parse((await held).body).error.code).toBe('APP_FAILED')
    await slow[Symbol.asyncDispose]()
  })

  it('forgets a held request whose client went away', async () => {
    const slow = await TestGateway.start()
    await slow.control.route({ appid: 'abcdef', state: 'starting', upstreams: [] })
    const client = rawClient(slow.port, `GET /held HTTP/1.1\r\nHost: ${APP}\r\n\r\n`)
    await ask(slow.port, 'localhost')
    client.socket.destroy()
    await until(() => slow.output.includes('"/held"'))
    await using app = await httpUpstream(slow.socketPath('app'), (_, response) => response.end())
    await slow.control.route(route('abcdef', app.path))
    await ask(slow.port, APP, '/other')
    expect(app.requests.map((r) => r.url)).toEqual(['/other'])
    await slow[Symbol.asyncDispose]()
  })

  it('wakes a sleeping app once and holds its requests', async () => {
    const slow = await TestGateway.start()
    await slow.control.route({ appid: 'abcdef', state: 'sleeping', upstreams: [] })
    const held = Array.from({ length: 10 }, (_, i) => ask(slow.port, APP, `/${i}`))
    await until(() => slow.control.received.some((m) => m.type === 'wake'))
    await slow.control.route({ appid: 'abcdef', state: 'starting', upstreams: [] })
    await using app = await httpUpstream(slow.socketPath('app'), (_, response) => response.end('awake'))
    await slow.control.route(route('abcdef', app.path))
    expect((await Promise.all(held)).every((a) => a.body === 'awake')).toBe(true)
    expect(slow.control.received.filter((m) => m.type === 'wake')).toEqual([
      { type: 'wake', appid: 'abcdef' },
    ])
    await slow[Symbol.asyncDispose]()
  })

  it('holds requests for unknown apps until the api was heard for the first time', async () => {
    await using own = await TestGateway.start({ withoutControl: true })
    const held = ask(own.port, APP)
    await ask(own.port, 'localhost')
    await using app = await httpUpstream(own.socketPath('app'), (_, response) => response.end('known now'))
    const { ControlPeer } = await import('./support/control-peer.ts')
    own.control = await ControlPeer.start(own.controlSocket, [route('abcdef', app.path)])
    expect((await held).body).toBe('known now')
  })
})
