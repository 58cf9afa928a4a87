import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkSource } from '../src/compile/check-source.ts'
import { compile } from '../src/compile/compile.ts'
import { importedFunctions } from '../src/compile/imports.ts'
import { markerAt, utf16Index } from '../src/compile/places.ts'
import { Refusal } from '../src/refusal.ts'

async function refusal(source: string): Promise<Refusal> {
  const error = await compile('users/hello', source).catch((thrown: unknown) => thrown)
  if (!(error instanceof Refusal)) throw new Error('was not refused')
  return error
}

function markersOf(error: Refusal) {
  return (error.details as { markers: { line: number; column: number; message: string }[] }).markers
}

describe('compile', () => {
  test('strips types, keeps the rest, and maps back to the function’s file', async () => {
    const { code, map, codeSha256 } = await compile(
      'users/hello',
      'import type { X } from "y"\nexport default (a: number): number => a satisfies number\n',
    )
    expect(code).toContain('export default (a) => a')
    expect(code).not.toContain('import')
    expect(codeSha256).toMatch(/^[0-9a-f]{64}$/)
    const parsed = JSON.parse(map)
    expect(parsed).toMatchObject({ version: 3, sources: ['users/hello.ts'] })
    expect(parsed.sourcesContent).toBeUndefined()
  })

  test('places a syntax error by line and column in UTF-16 units', async () => {
    const error = await refusal('const a = 1\nconst é = "😀😀"; let b = 2 + ;\n')
    expect(error.reason).toBe('COMPILE_ERROR')
    const line = 'const é = "😀😀"; let b = 2 + ;'
    expect(markersOf(error)[0]).toMatchObject({ line: 2, column: line.lastIndexOf(';') + 1 })
  })

  test('places an error behind CRLF line ends', async () => {
    expect(markersOf(await refusal('const a = 1\r\nconst b = ]\r\n'))[0]).toMatchObject({
      line: 2,
      column: 11,
    })
  })

  test('refuses a missing brace at the end of the source', async () => {
    const [marker] = markersOf(await refusal('export default function () {\n  return 1\n'))
    expect(marker).toMatchObject({ line: 3, column: 1 })
  })

  test('refuses half a character where it stands, since UTF-8 would silently change it', async () => {
    const error = await refusal('const a = 1\nconst b = "\ud83d"')
    expect(error.reason).toBe('COMPILE_ERROR')
    expect(markersOf(error)[0]).toMatchObject({ line: 2, column: 12 })
    expect(error.message).toContain('U+D83D')
  })

  test('takes a source of the greatest size, and names the limit beyond it', async () => {
    const body = 'export default () => 1\n//'
    checkSource(body + 'x'.repeat(1_000_000 - body.length))
    const error = await refusal(body + 'x'.repeat(1_000_001 - body.length))
    expect(error).toMatchObject({ reason: 'TOO_LARGE', details: { limit: 1_000_000, size: 1_000_001 } })
    expect(error.message).toContain('1000000')
  })

  test('never crashes, and every marker stands inside the text', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.constantFrom('let ', 'a', '=', '{', '}', '(', '"', '`', '😀', 'é', '\n', '\r\n', ';', '<', '@'),
        ),
        async (parts) => {
          const source = parts.join('')
          const error = await compile('f', source).then(
            () => null,
            (thrown: unknown) => thrown as Refusal,
          )
          if (!error) return
          expect(error).toBeInstanceOf(Refusal)
          const lines = source.split(/\r\n|\r|\n/)
          for (const { line, column } of markersOf(error)) {
            expect(line).toBeLessThanOrEqual(lines.length)
            expect(column).toBeLessThanOrEqual(lines[line - 1]!.length + 1)
          }
        },
      ),
    )
  })
})

describe('places', () => {
  test('a byte offset becomes the index of the same character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (before, after) => {
        const bytes = Buffer.from(before + after)
        expect(utf16Index(bytes, Buffer.byteLength(before))).toBe(before.length)
      }),
    )
  })

  test('an empty range is widened, so that there is something to underline', () => {
    expect(markerAt('ab\ncd', 4, 4, '')).toMatchObject({ line: 2, column: 2, endLine: 2, endColumn: 3 })
  })
})

describe('importedFunctions', () => {
  test.each([
    ['users/list', `import { a } from "@/lib/db"`, ['lib/db']],
    ['users/list', `import "./format";export * from '../util'`, ['users/format', 'util']],
    ['users/list', `const x = await import("./format.ts")`, ['users/format']],
    ['hello', `import fs from "node:fs"; import z from "zod"; import c from "@lathe/cloud"`, []],
    ['hello', `import x from "../../etc/passwd"`, []],
  ])('in %s: %s', (name, code, expected) => {
    expect(importedFunctions(name, code)).toEqual(expected)
  })
})
