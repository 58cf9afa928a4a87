import { triggerLimits } from '@lathe/shared'
import { Cron } from 'croner'
import { Refusal } from '../refusal.ts'

/** Ticks that are looked at to find the shortest time between two. */
const LOOKED_AT = 12
/** Missed ticks are counted up to here. */
const COUNTED = 1_000

/** When a trigger ticks. Daylight saving: a time that a day does not have is made up for, one it has twice counts once. */
export interface Schedule {
  /** The first tick after a moment; null = there is none. */
  after(moment: Date): Date | null
  /** The next ticks after a moment. */
  ticks(count: number, moment: Date): Date[]
}

/** @throws Refusal INVALID_INPUT, for the field `cron` or `timeZone` */
export function parseSchedule(cron: string, timeZone: string): Schedule {
  checkTimeZone(timeZone)
  const parsed = parse(cron, timeZone)
  const [first, ...others] = parsed.nextRuns(LOOKED_AT)
  if (!first) throw invalid('cron', 'This time never comes.')
  let before = first
  for (const tick of others) {
    if (tick.getTime() - before.getTime() < triggerLimits.gapMs) {
      throw invalid('cron', `Leave at least ${triggerLimits.gapMs / 1000} seconds between two ticks.`)
    }
    before = tick
  }
  return scheduleOf(parsed)
}

/** A schedule that was checked when it was saved. */
export function openSchedule(cron: string, timeZone: string): Schedule {
  return scheduleOf(parse(cron, timeZone))
}

/** How many ticks lie between a tick that is due (counted too) and now. */
export function missedTicks(schedule: Schedule, due: Date, now: Date): number {
  let count = 1
  let tick = schedule.after(due)
  while (tick && tick <= now && count < COUNTED) {
    count++
    tick = schedule.after(tick)
  }
  return count
}

function scheduleOf(parsed: Cron): Schedule {
  return {
    after: (moment) => parsed.nextRun(moment),
    ticks: (count, moment) => parsed.nextRuns(count, moment),
  }
}

function parse(cron: string, timezone: string): Cron {
  // croner also takes dates; a date is no schedule.
  if (/^\d{4}-/.test(cron)) throw invalid('cron', 'Write a cron expression, e.g. 0 9 * * 1-5.')
  try {
    return new Cron(cron, { timezone, mode: '5-or-6-parts', paused: true })
  } catch (error) {
    const said = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error)
    throw invalid('cron', `Not a cron expression: ${said}`)
  }
}

function checkTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
  } catch {
    throw invalid('timeZone', `There is no time zone ${timeZone}: use a name like Europe/Berlin.`)
  }
}

function invalid(path: string, message: string): Refusal<'INVALID_INPUT'> {
  return new Refusal('INVALID_INPUT', message, { issues: [{ path, message }] })
}
