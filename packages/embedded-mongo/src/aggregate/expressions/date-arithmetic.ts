import { asInteger, isNullish, typeName } from '../../bson/types.ts'
import { DateTime, type Value } from '../../bson/values.ts'
import { MongoError } from '../../errors.ts'
import { type ExpressionOperator, namedArguments } from '../operator.ts'
import { amountOf, millis, zoneRun } from './date.ts'
import { fromLocal, localTime, utc } from './date-text.ts'

const FIXED: Record<string, number> = { millisecond: 1, second: 1000, minute: 60_000, hour: 3_600_000 }
const DAY = 86_400_000
const MONTHS: Record<string, number> = { month: 1, quarter: 3, year: 12 }
const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']

function unitOf(value: Value | undefined, name: string): string {
  if (
    typeof value !== 'string' ||
    !(value in FIXED || value in MONTHS || value === 'day' || value === 'week')
  ) {
    throw new MongoError(
      'FailedToParse',
      `${name} requires 'unit' to be a valid time unit, found ${typeof value === 'string' ? value : typeName(value)}`,
    )
  }
  return value
}

/** Adds units on the local clock; months end at the month's last day. */
export function addUnits(ms: number, unit: string, amount: number, zone: string): number {
  const fixed = FIXED[unit]
  if (fixed) return ms + fixed * amount
  const { date } = localTime(ms, zone)
  if (unit === 'day' || unit === 'week')
    return fromLocal(date.getTime() + amount * (unit === 'week' ? 7 : 1) * DAY, zone)
  const months = date.getUTCFullYear() * 12 + date.getUTCMonth() + amount * MONTHS[unit]!
  const year = Math.floor(months / 12)
  const month = ((months % 12) + 12) % 12
  const last = new Date(utc(year, month + 2, 0)).getUTCDate()
  const time = date.getTime() - utc(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate())
  return fromLocal(utc(year, month + 1, Math.min(date.getUTCDate(), last)) + time, zone)
}

function shift(sign: number): ExpressionOperator {
  return (operand, compiler, name) => {
    const named = namedArguments(name, operand, ['startDate', 'unit', 'amount'], ['timezone'])
    const [start, unit, amount] = ['startDate', 'unit', 'amount'].map((k) => compiler.compile(named.get(k)!))
    const zone = zoneRun(named.get('timezone'), compiler)
    return (env) => {
      const [s, u, a, z] = [start!(env), unit!(env), amount!(env), zone(env)]
      if (isNullish(s) || isNullish(u) || isNullish(a) || z === undefined) return null
      const moved = addUnits(millis(s, name), unitOf(u, name), sign * amountOf(a, name), z)
      if (!Number.isFinite(moved)) throw new MongoError(5166406, `${name} overflowed`)
      return new DateTime(moved)
    }
  }
}

function weekday(value: Value | undefined): number {
  if (value === undefined) return 0
  const i =
    typeof value === 'string'
      ? WEEKDAYS.findIndex((d) => d === value.toLowerCase() || d.slice(0, 3) === value.toLowerCase())
      : -1
  if (i < 0) throw new MongoError('FailedToParse', `'startOfWeek' is not a day of the week: ${String(value)}`)
  return i
}

/** Number of the unit on the local clock, counted from a fixed day; differences and truncation are made of it. */
function ordinal(local: number, unit: string, startOfWeek: number): number {
  const fixed = FIXED[unit]
  if (fixed) return Math.floor(local / fixed)
  if (unit === 'day') return Math.floor(local / DAY)
  // 1970-01-04 was a Sunday.
  if (unit === 'week') return Math.floor((Math.floor(local / DAY) - 3 - startOfWeek) / 7)
  const date = new Date(local)
  return Math.floor((date.getUTCFullYear() * 12 + date.getUTCMonth()) / MONTHS[unit]!)
}

function startOf(number: number, unit: string, startOfWeek: number): number {
  const fixed = FIXED[unit]
  if (fixed) return number * fixed
  if (unit === 'day') return number * DAY
  if (unit === 'week') return (number * 7 + 3 + startOfWeek) * DAY
  const months = number * MONTHS[unit]!
  return utc(Math.floor(months / 12), (months % 12) + 1, 1)
}

const dateDiff: ExpressionOperator = (operand, compiler, name) => {
  const named = namedArguments(name, operand, ['startDate', 'endDate', 'unit'], ['timezone', 'startOfWeek'])
  const [start, end, unit] = ['startDate', 'endDate', 'unit'].map((k) => compiler.compile(named.get(k)!))
  const zone = zoneRun(named.get('timezone'), compiler)
  const week = compiler.compile(named.get('startOfWeek') ?? 'sunday')
  return (env) => {
    const [s, e, u, z] = [start!(env), end!(env), unit!(env), zone(env)]
    if (isNullish(s) || isNullish(e) || isNullish(u) || z === undefined) return null
    const name_ = unitOf(u, name)
    const first = weekday(week(env))
    const clock = (v: Value | undefined) =>
      FIXED[name_] ? millis(v, name) : localTime(millis(v, name), z).date.getTime()
    return BigInt(ordinal(clock(e), name_, first) - ordinal(clock(s), name_, first))
  }
}

const dateTrunc: ExpressionOperator = (operand, compiler, name) => {
  const named = namedArguments(name, operand, ['date', 'unit'], ['binSize', 'timezone', 'startOfWeek'])
  const [date, unit] = ['date', 'unit'].map((k) => compiler.compile(named.get(k)!))
  const bin = compiler.compile(named.get('binSize') ?? 1)
  const zone = zoneRun(named.get('timezone'), compiler)
  const week = compiler.compile(named.get('startOfWeek') ?? 'sunday')
  return (env) => {
    const [d, u, b, z] = [date!(env), unit!(env), bin(env), zone(env)]
    if (isNullish(d) || isNullish(u) || isNullish(b) || z === undefined) return null
    const size = asInteger(b)
    if (size === undefined || size < 1)
      throw new MongoError(5439017, `$dateTrunc requires 'binSize' to be a positive integer`)
    const name_ = unitOf(u, name)
    const first = weekday(week(env))
    // Bins are counted from 2000-01-01, for weeks from the first start of a week after it.
    const origin = ordinal(utc(2000, 1, 1), name_, first) + (name_ === 'week' && first !== 6 ? 1 : 0)
    const n = ordinal(localTime(millis(d, name), z).date.getTime(), name_, first)
    const from = origin + Math.floor((n - origin) / size) * size
    return new DateTime(fromLocal(startOf(from, name_, first), z))
  }
}

export const dateArithmeticExpressions: Record<string, ExpressionOperator> = {
  $dateAdd: shift(1),
  $dateSubtract: shift(-1),
  $dateDiff: dateDiff,
  $dateTrunc: dateTrunc,
}
