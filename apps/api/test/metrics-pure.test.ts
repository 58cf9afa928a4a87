import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RegexSearch } from '../src/logs/regex-search.ts'
import { cover, lengthMs } from '../src/metrics/buckets.ts'
import { Exposition } from '../src/metrics/exposition.ts'
import { Refusal } from '../src/refusal.ts'
import { gridOf, spanOf } from '../src/services/metrics/span.ts'

const NOW = Date.parse('2026-11-23T19:34:56.789Z')
const MINUTE = lengthMs.minute
const back = fc.integer({ min: 1, max: 30 * 24 * 60 }).map((minutes) => NOW - minutes * MINUTE)

describe('cover', () => {
  test('has no gap and no overlap, and begins and ends within one roll-up of what was asked for', () => {
    fc.assert(
      fc.property(back, (from) => {
        const parts = cover(from, NOW, NOW)
        for (const [index, part] of parts.entries()) {
          expect(part.from).toBeLessThan(part.to)
          expect(part.from % lengthMs[part.resolution]).toBe(0)
          expect(part.to % lengthMs[part.resolution]).toBe(0)
          if (index > 0) expect(part.from).toBe(parts[index - 1]!.to)
        }
        const [first, last] = [parts[0]!, parts.at(-1)!]
        expect(first.from).toBeLessThanOrEqual(from)
        expect(from - first.from).toBeLessThan(lengthMs[first.resolution])
        expect(last.to).toBeGreaterThanOrEqual(NOW)
      }),
    )
  })

  test('reads few roll-ups: at most two hours of minutes, two days of hours, and days', () => {
    fc.assert(
      fc.property(back, (from) => {
        const count = cover(from, NOW, NOW).reduce(
          (sum, part) => sum + (part.to - part.from) / lengthMs[part.resolution],
          0,
        )
        expect(count).toBeLessThanOrEqual(120 + 48 + 31)
      }),
    )
  })
})

describe('gridOf', () => {
  const span = (hours: number) => ({ from: NOW - hours * 3_600_000, to: NOW })

  test.each([
    [1, 60, 'minute'],
    [6, 300, 'minute'],
    [24, 900, 'minute'],
    [7 * 24, 10_800, 'hour'],
    [30 * 24, 21_600, 'hour'],
  ])('%i h are shown in steps of %i s, made of roll-ups of one %s', (hours, step, resolution) => {
    expect(gridOf(span(hours), undefined, NOW)).toMatchObject({ stepMs: step * 1000, resolution })
  })

  test('minutes that are no longer kept are shown as hours', () => {
    expect(gridOf({ from: NOW - 100 * 3_600_000, to: NOW - 99 * 3_600_000 }, 60, NOW)).toMatchObject({
      stepMs: 3_600_000,
      resolution: 'hour',
    })
  })

  test('too many points, a time that runs backwards and one that is too long are refused', () => {
    expect(() => gridOf(span(40), 60, NOW)).toThrow(Refusal)
    const at = (ms: number) => new Date(ms).toISOString()
    expect(() => spanOf({ from: at(NOW), to: at(NOW) }, NOW)).toThrow(Refusal)
    expect(() => spanOf({ from: at(NOW - 500 * 24 * 3_600_000) }, NOW)).toThrow(Refusal)
  })
})

describe('RegexSearch', () => {
  const script = new URL('../src/logs/regex-worker.ts', import.meta.url)

  test('finds what matches, batch after batch', async () => {
    await using search = new RegexSearch('^A\\d+$', 'iu', script)
    expect(await search.match(['a1', 'b2', 'A33', ''])).toEqual(new Set([0, 2]))
    expect(await search.match([])).toEqual(new Set())
    expect(await search.match(['x', 'a9'])).toEqual(new Set([1]))
  })

  test('an expression that would take for ever ends, and the process goes on meanwhile', async () => {
    await using search = new RegexSearch('^(?:a|a)+$', 'iu', script)
    let turns = 0
    const ticking = setInterval(() => turns++, 1)
    expect(await search.match([`${'a'.repeat(60)}!`])).toBeNull()
    clearInterval(ticking)
    expect(turns).toBeGreaterThan(10)
    expect(await search.match(['a'])).toBeNull()
  })
})

test('labels of the exposition format are escaped', () => {
  const out = new Exposition()
  out.metric('x', 'gauge', 'An x.', [[{ name: 'a"b\\c\nd' }, 1]])
  expect(out.toString()).toBe('# HELP x An x.\n# TYPE x gauge\nx{name="a\\"b\\\\c\\nd"} 1\n')
})
