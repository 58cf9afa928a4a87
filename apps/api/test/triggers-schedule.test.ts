import { describe, expect, test } from 'vitest'
import { missedTicks, parseSchedule } from '../src/triggers/schedule.ts'

const at = (iso: string) => new Date(iso)
const ticks = (cron: string, timeZone: string, from: string, count = 3) =>
  parseSchedule(cron, timeZone)
    .ticks(count, at(from))
    .map((tick) => tick.toISOString())

describe('a schedule', () => {
  test('ticks in its own time zone', () => {
    expect(ticks('0 9 * * 1-5', 'Asia/Shanghai', '2027-01-01T00:00:00Z')).toEqual([
      '2027-01-01T01:00:00.000Z',
      '2027-01-04T01:00:00.000Z',
      '2027-01-05T01:00:00.000Z',
    ])
  })

  test('a time that daylight saving leaves out is made up for, one that comes twice counts once', () => {
    expect(ticks('30 2 * * *', 'Europe/Berlin', '2027-03-27T22:00:00Z', 2)).toEqual([
      '2027-03-28T01:00:00.000Z',
      '2027-03-29T00:30:00.000Z',
    ])
    expect(ticks('30 2 * * *', 'Europe/Berlin', '2027-10-30T22:00:00Z', 2)).toEqual([
      '2027-10-31T00:30:00.000Z',
      '2027-11-01T01:30:00.000Z',
    ])
  })

  test('takes six fields, names and nicknames', () => {
    expect(ticks('30 0 12 * * MON', 'UTC', '2027-01-01T00:00:00Z', 1)).toEqual(['2027-01-04T12:00:30.000Z'])
    expect(ticks('@daily', 'UTC', '2027-01-01T00:00:00Z', 1)).toEqual(['2027-01-02T00:00:00.000Z'])
  })

  test('counts what was missed', () => {
    const schedule = parseSchedule('0 * * * *', 'UTC')
    const due = at('2027-01-01T05:00:00Z')
    expect(missedTicks(schedule, due, at('2027-01-01T05:00:10Z'))).toBe(1)
    expect(missedTicks(schedule, due, at('2027-01-01T08:30:00Z'))).toBe(4)
    expect(missedTicks(schedule, due, at('2037-01-01T00:00:00Z'))).toBe(1_000)
  })

  test.each([
    ['61 * * * *', 'UTC', 'cron'],
    ['hello', 'UTC', 'cron'],
    ['', 'UTC', 'cron'],
    ['* * * * * * 2030', 'UTC', 'cron'],
    ['2027-01-01T00:00:00', 'UTC', 'cron'],
    ['0 0 31 2 *', 'UTC', 'cron'],
    ['* * * * * *', 'UTC', 'cron'],
    ['0,1 0 * * * *', 'UTC', 'cron'],
    ['0 9 * * *', 'Middle/Earth', 'timeZone'],
  ])('%j in %s is refused at %s', (cron, timeZone, path) => {
    expect(() => parseSchedule(cron, timeZone)).toThrow(
      expect.objectContaining({
        reason: 'INVALID_INPUT',
        details: { issues: [expect.objectContaining({ path })] },
      }),
    )
  })
})
