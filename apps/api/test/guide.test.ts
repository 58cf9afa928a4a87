import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { publish, runningApp } from './support/apps.ts'
import { type Stack, startStack } from './support/stack.ts'
import { visit } from './support/visit.ts'

/** `docs/GUIDE.md`: each `ts` block is a function, each `console` block calls, with what they answer. */
const guide = readFileSync(new URL('../../../docs/GUIDE.md', import.meta.url), 'utf8')
const blocks = [...guide.matchAll(/^```(ts|console)\n([\s\S]*?)^```/gm)].map(([, kind, text = '']) => ({
  kind,
  text,
}))
const functions = blocks
  .filter(({ kind }) => kind === 'ts')
  .map(({ text }) => ({ name: /^\/\/ (\S+)\n/.exec(text)?.[1] ?? 'a block without a name', source: text }))
const calls = blocks
  .filter(({ kind }) => kind === 'console')
  .flatMap(({ text }) => [...text.matchAll(/^\$ curl (.*)\n([\s\S]*?)(?=^\$|$(?![\s\S]))/gm)])
  .map(([, command = '', answer = '']) => ({ command, answer: answer.trimEnd() }))

let stack: Stack
let url: string
beforeAll(async () => {
  stack = await startStack()
  const app = await runningApp(stack, 'guide')
  url = app.url
  for (const { name, source } of functions) await publish(stack, app.appid, name, source)
})
afterAll(() => stack?.[Symbol.asyncDispose]())

test('the guide has functions and calls', () => {
  expect(functions.length).toBeGreaterThan(8)
  expect(calls.length).toBeGreaterThan(8)
})

test.each(calls)('curl $command', async ({ command, answer }) => {
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      method: { type: 'string', short: 'X' },
      header: { type: 'string', short: 'H', multiple: true },
      data: { type: 'string', short: 'd' },
    },
  })
  const headers = Object.fromEntries((values.header ?? []).map((line) => line.split(/:\s*/, 2)))
  const { text } = await visit(positionals[0]!.replace('$APP', url), {
    method: values.method ?? 'GET',
    headers,
    ...(values.data === undefined ? {} : { body: values.data }),
  })
  expect(text.trimEnd()).toBe(answer)
})
