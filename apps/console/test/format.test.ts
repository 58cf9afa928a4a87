import { expect, test } from 'vitest'
import { formatSource } from '../src/editor/format/format-source.ts'

const LATHE = { lineWidth: 100, semicolons: false, singleQuotes: true }

test('a function is formatted as its author likes it', async () => {
  const source = 'export   default (ctx:FunctionContext)=>{return {"hello":  ctx.query.name};}'
  expect(await formatSource(source, LATHE)).toBe(
    'export default (ctx: FunctionContext) => {\n  return { hello: ctx.query.name }\n}\n',
  )
  expect(await formatSource(`import a from 'a'`, { ...LATHE, semicolons: true, singleQuotes: false })).toBe(
    'import a from "a";\n',
  )
  const long = 'export const list = [first, second, third, fourth, fifth, sixth, seventh, eighth, ninth]\n'
  expect(await formatSource(long, LATHE)).toBe(long)
  expect(await formatSource(long, { ...LATHE, lineWidth: 80 })).toContain('[\n  first,\n')
})

test('what is formatted stays as it is; lines end as they did', async () => {
  const source =
    "import cloud from '@lathe/cloud'\n\n// why\nexport async function GET() {\n  const { db } = cloud.mongo\n  using it = await db.open()\n  return it satisfies object\n}\n"
  expect(await formatSource(source, LATHE)).toBe(source)
  const crlf = source.replaceAll('\n', '\r\n')
  expect(await formatSource(crlf, LATHE)).toBe(crlf)
})

test('a part of it is formatted alone', async () => {
  const source = 'const   a = 1\nconst   b = 2\n'
  expect(await formatSource(source, LATHE, [14, 27])).toBe('const   a = 1\nconst b = 2\n')
})

test('what cannot be read is refused with its place', async () => {
  await expect(formatSource('export default () => {\n  return {\n', LATHE)).rejects.toThrow(
    /^'}' expected\. \(\d+:\d+\)/,
  )
})
