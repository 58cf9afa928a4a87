import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { GatewayDown, Route } from '@lathe/shared'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { EmbeddedGatewayDriver } from '../src/drivers/gateway/embedded-driver.ts'

const route: Route = { appid: 'abcdef', state: 'starting', upstreams: [] }

test('a route set while no gateway is there is in force when one has come and knows it, not before', async () => {
  const driver = new EmbeddedGatewayDriver(pino({ level: 'silent' }))
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  server.on('connection', (socket) => driver.attach(socket))
  await once(server, 'listening')
  driver.open([])
  let inForce = false
  const set = driver.setRoute(route).then(() => {
    inForce = true
  })

  const gateway = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const [data] = await once(gateway, 'message')
  const told: GatewayDown = JSON.parse(String(data))
  expect(told).toMatchObject({ type: 'routes', routes: [route] })
  expect(inForce).toBe(false)
  gateway.send(JSON.stringify({ type: 'applied', seq: told.seq }))
  await set

  gateway.terminate()
  server.close()
})
