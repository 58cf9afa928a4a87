import type { DebugPaused } from '@lathe/shared'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { unit } from './support/compile.ts'
import { RuntimeProcess } from './support/runtime-process.ts'

const MAIN = `import { total } from './lib/prices'

interface Order {
  price: number
}

const RATE = 2

export default async function handle(ctx) {
  const orders: Order[] = [{ price: 1 }, { price: 2 }]
  let sum = 0
  for (const order of orders) {
    sum += order.price * RATE
  }
  await null
  const all = total(orders)
  return { sum, all, name: ctx.query.name }
}
`
const PRICES = `export type Priced = { price: number }

export function total(orders: Priced[]) {
  let all = 0
  for (const { price } of orders) all += price
  return all
}
`
let runtime: RuntimeProcess
beforeAll(async () => {
  runtime = await RuntimeProcess.start({
    side: 'debug',
    functions: [
      unit('orders', MAIN),
      unit('lib/prices', PRICES),
      unit('limited', 'export default async () => {\n  await null\n  return "in time"\n}', {
        timeoutMs: 300,
      }),
      unit(
        'caught',
        'export default () => {\n  try {\n    throw new TypeError("inner")\n  } catch {\n    return "caught"\n  }\n}',
      ),
      unit('thrown', 'export default async () => {\n  await null\n  throw new TypeError("outer")\n}'),
      unit('thrown-at-once', 'export default () => {\n  throw new TypeError("at once")\n}'),
      unit('loops', 'export default () => {\n  for (;;) {}\n}'),
      unit(
        'values',
        `class Point { x = 1; #hidden = 2; get far() { return 3 } }
export default () => {
  const circle: any = { name: 'circle' }
  circle.self = circle
  const map = new Map<any, any>([['a', { deep: [1, 2] }]])
  const point = new Point()
  const long = Array.from({ length: 5000 }, (_, i) => i)
  const text = 'x'.repeat(20_000)
  const proxy = new Proxy({}, { get() { throw new Error('trap') } })
  const nothing = null
  return [circle, map, point, long, text, proxy, nothing].length
}
`,
      ),
    ],
  })
})
afterAll(() => runtime.stop())

const { debug, paused } = {
  debug: ((method: never, params: never) =>
    runtime.api.debug(method, params)) as RuntimeProcess['api']['debug'],
  paused: () => runtime.api.paused(),
}
const breakAt = (functionName: string, line: number, more: object = {}) =>
  debug('Lathe.setBreakpoints', { breakpoints: [{ functionName, line, ...more }] })
const resume = () => debug('Debugger.resume', {})
const where = ({ frames }: DebugPaused) =>
  frames.map(({ name, place }) => `${name} ${place.functionName}:${place.line}`)
const evaluate = async (pause: DebugPaused, expression: string, frame = 0) => {
  const { callFrameId } = pause.frames[frame]!
  return debug('Debugger.evaluateOnCallFrame', { callFrameId, expression })
}
const scope = async (pause: DebugPaused, type: string) => {
  const found = pause.frames[0]!.scopes.find((one) => one.type === type)!
  const { properties } = await debug('Runtime.getProperties', { objectId: found.objectId })
  return Object.fromEntries(properties.map(({ name, value }) => [name, value]))
}

describe('a breakpoint', () => {
  test('stops at its line of TypeScript, shows the locals, and the request goes on', async () => {
    expect((await breakAt('orders', 13)).breakpoints).toEqual([
      { functionName: 'orders', line: 13, boundLine: 13 },
    ])
    const answer = runtime.ask('/orders?name=ada')
    const pause = await paused()
    expect(pause.reason).toBe('breakpoint')
    expect(where(pause)).toEqual(['handle orders:13'])
    expect(Object.keys(await scope(pause, 'local'))).toEqual(expect.arrayContaining(['ctx', 'orders', 'sum']))
    expect((await scope(pause, 'module')).RATE).toMatchObject({ text: '2' })
    expect((await evaluate(pause, 'sum + order.price')).value).toEqual({ type: 'number', text: '1' })
    await debug('Lathe.setBreakpoints', { breakpoints: [] })
    await resume()
    expect((await answer).json).toEqual({ sum: 6, all: 3, name: 'ada' })
  })

  test('steps over, into another function, and out again, in TypeScript all along', async () => {
    await breakAt('orders', 16)
    const answer = runtime.ask('/orders')
    expect(where(await paused())).toEqual(['handle orders:16'])
    await debug('Debugger.stepInto', {})
    const inside = await paused()
    expect(where(inside)).toEqual(['total lib/prices:4', 'handle orders:16'])
    await debug('Debugger.stepOver', {})
    expect(where(await paused())[0]).toBe('total lib/prices:5')
    await debug('Debugger.stepOut', {})
    const last = await paused()
    expect(where(last)).toEqual(['handle orders:17'])
    expect((await evaluate(last, 'all = 40')).value.text).toBe('40')
    await resume()
    expect((await answer).json).toMatchObject({ sum: 6 })
  })

  test('moves to the next line that has code', async () => {
    const { breakpoints } = await breakAt('orders', 3)
    expect(breakpoints[0]?.boundLine).toBe(7)
  })

  test('with a condition stops only when it holds', async () => {
    await breakAt('orders', 13, { condition: 'order.price === 2' })
    const answer = runtime.ask('/orders')
    const pause = await paused()
    expect((await evaluate(pause, 'sum')).value.text).toBe('2')
    await resume()
    expect((await answer).json.sum).toBe(6)
  })

  test('whose condition cannot be read says so', async () => {
    const { breakpoints } = await breakAt('orders', 13, { condition: 'order.' })
    expect(breakpoints[0]?.problem).toContain('SyntaxError')
  })

  test('that only logs writes at its line, and stops nothing', async () => {
    await breakAt('orders', 13, { logMessage: 'price {order.price} of {orders.length}' })
    expect((await runtime.ask('/orders')).json.sum).toBe(6)
    const line = await runtime.api.line(({ text }) => text === 'price 2 of 2')
    expect(line).toMatchObject({ functionName: 'orders', source: { file: 'orders.ts', line: 13 } })
  })

  test('stands in a draft before its top level is evaluated', async () => {
    await breakAt('fresh', 2)
    const draft = unit('fresh', 'interface A {}\nconst at: string = "top"\nexport default () => at', {
      revision: 0,
    })
    const running = runtime.api.run('top', 'fresh', [draft])
    const pause = await paused()
    expect(pause.frames[0]?.place).toMatchObject({ functionName: 'fresh', line: 2 })
    await resume()
    const token = await running
    expect((await runtime.ask('/fresh', { headers: { 'x-lathe-run': token } })).text).toBe('top')
  })
})

test('time at a breakpoint is not the request’s', async () => {
  await breakAt('limited', 3)
  const answer = runtime.ask('/limited')
  const pause = await paused()
  // Longer than the function's limit, by the program's own clock, while it stands.
  await evaluate(pause, '{ const until = Date.now() + 500; while (Date.now() < until) {} }')
  await resume()
  expect((await answer).text).toBe('in time')
})

describe('exceptions', () => {
  const pauseOn = (state: 'none' | 'uncaught' | 'all') => debug('Debugger.setPauseOnExceptions', { state })
  beforeAll(() => debug('Lathe.setBreakpoints', { breakpoints: [] }))
  afterAll(() => pauseOn('none'))

  test('all: stops where one is thrown that is caught', async () => {
    await pauseOn('all')
    const answer = runtime.ask('/caught')
    const pause = await paused()
    expect(pause).toMatchObject({ reason: 'exception', exception: { subtype: 'error' } })
    expect(pause.exception?.text).toContain('TypeError: inner')
    expect(where(pause)[0]).toMatch(/caught:3$/)
    await resume()
    expect((await answer).text).toBe('caught')
  })

  test('uncaught: stops at those that the function lets go, and at no others', async () => {
    await pauseOn('uncaught')
    expect((await runtime.ask('/caught')).text).toBe('caught')
    for (const [path, line, name] of [
      ['/thrown', 3, 'thrown'],
      ['/thrown-at-once', 2, 'thrown-at-once'],
    ] as const) {
      const answer = runtime.ask(path)
      expect((await paused()).frames[0]?.place).toMatchObject({ functionName: name, line })
      await resume()
      expect((await answer).status).toBe(500)
    }
  })

  test('none: stops at none', async () => {
    await pauseOn('none')
    expect((await runtime.ask('/thrown')).status).toBe(500)
  })
})

describe('values', () => {
  test('are told in a line and opened step by step', async () => {
    await breakAt('values', 11)
    const answer = runtime.ask('/values')
    const pause = await paused()
    const local = { ...(await scope(pause, 'local')), ...(await scope(pause, 'block').catch(() => ({}))) }
    expect(local.nothing).toEqual({ type: 'object', subtype: 'null', text: 'null' })
    expect(local.text?.text.length).toBeLessThan(12_000)
    expect(local.map?.text).toContain('Map(1)')
    expect(local.proxy?.text).toBeDefined()
    const open = async (objectId = '') => debug('Runtime.getProperties', { objectId })
    const circle = await open(local.circle?.objectId)
    const self = circle.properties.find(({ name }) => name === 'self')
    expect((await open(self?.value?.objectId)).properties[0]).toMatchObject({
      name: 'name',
      value: { text: '"circle"' },
    })
    const long = await open(local.long?.objectId)
    expect(long.properties[999]).toMatchObject({ name: '999', value: { text: '999' } })
    expect(long.more).toBeGreaterThanOrEqual(4000)
    const point = await open(local.point?.objectId)
    expect(point.properties.map(({ name }) => name)).toEqual(['x', '#hidden', '[[Prototype]]'])
    await resume()
    expect((await answer).text).toBe('7')
    await expect(open(local.circle?.objectId)).rejects.toThrow('the program went on')
  })

  test('an expression that throws, and one that never ends, are answers', async () => {
    await breakAt('orders', 11)
    const answer = runtime.ask('/orders')
    const pause = await paused()
    expect(await evaluate(pause, 'missing')).toMatchObject({ thrown: true, value: { subtype: 'error' } })
    await expect(evaluate(pause, 'while (true) {}')).rejects.toThrow()
    const quiet = { callFrameId: pause.frames[0]!.callFrameId, throwOnSideEffect: true }
    expect((await debug('Debugger.evaluateOnCallFrame', { ...quiet, expression: 'sum = 99' })).thrown).toBe(
      true,
    )
    expect(await evaluate(pause, 'typeof require')).toMatchObject({ value: { text: '"undefined"' } })
    await resume()
    expect((await answer).json.sum).toBe(6)
  })
})

test('a frame is restarted', async () => {
  await breakAt('lib/prices', 6)
  const answer = runtime.ask('/orders')
  const pause = await paused()
  await debug('Debugger.restartFrame', { callFrameId: pause.frames[0]!.callFrameId })
  expect(where(await paused())[0]).toBe('total lib/prices:4')
  await debug('Lathe.setBreakpoints', { breakpoints: [] })
  await resume()
  expect((await answer).json.all).toBe(3)
})

test('pause stops code that never ends, and shows where', async () => {
  await debug('Lathe.setBreakpoints', { breakpoints: [] })
  const answer = runtime.ask('/loops').catch(() => 'gone')
  await debug('Debugger.pause', {})
  expect((await paused()).frames[0]?.place).toMatchObject({ functionName: 'loops', line: 2 })
  await resume()
  await runtime.stop()
  expect(await answer).toBe('gone')
})
