import { isNumeric } from '../../bson/compare.ts'
import { toNumber } from '../../bson/numbers.ts'
import { asInteger, isNullish, typeName } from '../../bson/types.ts'
import { DateTime, doc, int, isDoc, ObjectId, Timestamp, type Value } from '../../bson/values.ts'
import { MongoError } from '../../errors.ts'
import {
  type Compiler,
  type Env,
  type ExpressionOperator,
  namedArguments,
  operands,
  operator,
  type Run,
} from '../operator.ts'
import {
  dayOfYear,
  formatDate,
  fromLocal,
  isoWeek,
  type LocalTime,
  localTime,
  parseDateByFormat,
  parseIsoDate,
  utc,
  weekOfYear,
} from './date-text.ts'

/** Milliseconds of anything that counts as a date. */
export function millis(value: Value | undefined, name: string): number {
  if (value instanceof DateTime) return Number(value.ms)
  if (value instanceof Timestamp) return value.t * 1000
  if (value instanceof ObjectId) return Buffer.from(value.bytes).readUInt32BE(0) * 1000
  throw new MongoError(16006, `can't convert from BSON type ${typeName(value)} to Date in ${name}`)
}

/** The zone argument: UTC when absent, undefined when it is null. */
export function zoneRun(value: Value | undefined, compiler: Compiler): (env: Env) => string | undefined {
  if (value === undefined) return () => 'UTC'
  const run = compiler.compile(value)
  return (env) => {
    const v = run(env)
    if (isNullish(v)) return undefined
    if (typeof v !== 'string')
      throw new MongoError(40517, `timezone must evaluate to a string, found ${typeName(v)}`)
    return v
  }
}

function part(pick: (time: LocalTime) => Value): ExpressionOperator {
  return (operand, compiler, name) => {
    const single = operands(operand)
    let source = single[0] ?? null
    let zone: Value | undefined
    if (isDoc(operand) && operand.has('date')) {
      namedArguments(name, operand, ['date'], ['timezone'])
      source = operand.get('date')!
      zone = operand.get('timezone')
    } else if (single.length !== 1)
      throw new MongoError(
        40536,
        `${name} accepts exactly one argument if given an array, but was given ${single.length}`,
      )
    const run = compiler.compile(source)
    const zoneOf = zoneRun(zone, compiler)
    return (env) => {
      const v = run(env)
      const z = zoneOf(env)
      if (isNullish(v) || z === undefined) return null
      return pick(localTime(millis(v, name), z))
    }
  }
}

const dateToString: ExpressionOperator = (operand, compiler, name) => {
  const named = namedArguments(name, operand, ['date'], ['format', 'timezone', 'onNull'])
  const date = compiler.compile(named.get('date')!)
  const format = compiler.compile(named.get('format') ?? '%Y-%m-%dT%H:%M:%S.%LZ')
  const zone = zoneRun(named.get('timezone'), compiler)
  const onNull = compiler.compile(named.get('onNull') ?? null)
  return (env) => {
    const v = date(env)
    const z = zone(env)
    const f = format(env)
    if (isNullish(v)) return onNull(env)
    if (z === undefined || isNullish(f)) return null
    if (typeof f !== 'string')
      throw new MongoError(18533, `$dateToString requires that 'format' be a string, found: ${typeName(f)}`)
    return formatDate(localTime(millis(v, name), z), f)
  }
}

const dateFromString: ExpressionOperator = (operand, compiler, name) => {
  const named = namedArguments(name, operand, ['dateString'], ['format', 'timezone', 'onError', 'onNull'])
  const text = compiler.compile(named.get('dateString')!)
  const format = named.has('format') ? compiler.compile(named.get('format')!) : undefined
  const zone = zoneRun(named.get('timezone'), compiler)
  const onNull = compiler.compile(named.get('onNull') ?? null)
  const onError = named.has('onError') ? compiler.compile(named.get('onError')!) : undefined
  return (env) => {
    const v = text(env)
    const z = zone(env)
    const f = format?.(env)
    if (isNullish(v)) return onNull(env)
    if (z === undefined || (format && isNullish(f))) return null
    const parsed =
      typeof v !== 'string'
        ? undefined
        : typeof f === 'string'
          ? parseDateByFormat(v, f, z)
          : parseIsoDate(v, z)
    if (parsed) return parsed
    if (onError) return onError(env)
    throw new MongoError('ConversionFailure', `Error parsing date string '${String(v)}'`)
  }
}

const PART_RANGE = ['year', 'month', 'day', 'hour', 'minute', 'second', 'millisecond'] as const

const dateFromParts: ExpressionOperator = (operand, compiler, name) => {
  if (!isDoc(operand)) throw new MongoError(40519, '$dateFromParts only supports an object as its argument')
  const iso = operand.has('isoWeekYear')
  const names = iso
    ? ['isoWeekYear', 'isoWeek', 'isoDayOfWeek', 'hour', 'minute', 'second', 'millisecond']
    : [...PART_RANGE]
  const named = namedArguments(name, operand, [names[0]!], [...names.slice(1), 'timezone'])
  const defaults = [0, 1, 1, 0, 0, 0, 0]
  const runs = names.map((n) => (named.has(n) ? compiler.compile(named.get(n)!) : undefined))
  const zone = zoneRun(named.get('timezone'), compiler)
  return (env) => {
    const z = zone(env)
    if (z === undefined) return null
    const parts: number[] = []
    for (const [i, run] of runs.entries()) {
      const v = run ? run(env) : int(defaults[i]!)
      if (isNullish(v)) return null
      const n = asInteger(v)
      if (n === undefined)
        throw new MongoError(40515, `'${names[i]}' must evaluate to an integer, found ${typeName(v)}`)
      parts.push(n)
    }
    const [y, m, d, h, min, s, ms] = parts as [number, number, number, number, number, number, number]
    if (y < 1 || y > 9999)
      throw new MongoError(
        40523,
        `'${names[0]}' must evaluate to an integer in the range 1 to 9999, found ${y}`,
      )
    if (!iso) return new DateTime(fromLocal(utc(y, m, d, h, min, s, ms), z))
    // ISO week 1 is the week of January 4th.
    const fourth = new Date(utc(y, 1, 4))
    const monday = fourth.getTime() - (isoWeek(fourth).day - 1) * 86_400_000
    const local = monday + ((m - 1) * 7 + (d - 1)) * 86_400_000 + ((h * 60 + min) * 60 + s) * 1000 + ms
    return new DateTime(fromLocal(local, z))
  }
}

const dateToParts: ExpressionOperator = (operand, compiler, name) => {
  const named = namedArguments(name, operand, ['date'], ['timezone', 'iso8601'])
  const date = compiler.compile(named.get('date')!)
  const zone = zoneRun(named.get('timezone'), compiler)
  const iso: Run = compiler.compile(named.get('iso8601') ?? false)
  return (env) => {
    const v = date(env)
    const z = zone(env)
    const i = iso(env)
    if (isNullish(v) || z === undefined || isNullish(i)) return null
    const d = localTime(millis(v, name), z).date
    const time = {
      hour: int(d.getUTCHours()),
      minute: int(d.getUTCMinutes()),
      second: int(d.getUTCSeconds()),
      millisecond: int(d.getUTCMilliseconds()),
    }
    if (i === true) {
      const w = isoWeek(d)
      return doc({ isoWeekYear: int(w.year), isoWeek: int(w.week), isoDayOfWeek: int(w.day), ...time })
    }
    return doc({
      year: int(d.getUTCFullYear()),
      month: int(d.getUTCMonth() + 1),
      day: int(d.getUTCDate()),
      ...time,
    })
  }
}

export const dateExpressions: Record<string, ExpressionOperator> = {
  $year: part(({ date }) => int(date.getUTCFullYear())),
  $month: part(({ date }) => int(date.getUTCMonth() + 1)),
  $dayOfMonth: part(({ date }) => int(date.getUTCDate())),
  $hour: part(({ date }) => int(date.getUTCHours())),
  $minute: part(({ date }) => int(date.getUTCMinutes())),
  $second: part(({ date }) => int(date.getUTCSeconds())),
  $millisecond: part(({ date }) => int(date.getUTCMilliseconds())),
  $dayOfYear: part(({ date }) => int(dayOfYear(date))),
  $dayOfWeek: part(({ date }) => int(date.getUTCDay() + 1)),
  $week: part(({ date }) => int(weekOfYear(date))),
  $isoWeek: part(({ date }) => int(isoWeek(date).week)),
  $isoWeekYear: part(({ date }) => BigInt(isoWeek(date).year)),
  $isoDayOfWeek: part(({ date }) => int(isoWeek(date).day)),
  $dateToString: dateToString,
  $dateFromString: dateFromString,
  $dateFromParts: dateFromParts,
  $dateToParts: dateToParts,
  $tsSecond: operator(1, 1, ([v]) => {
    if (isNullish(v)) return null
    if (!(v instanceof Timestamp))
      throw new MongoError(5687301, `$tsSecond requires a timestamp, found ${typeName(v)}`)
    return BigInt(v.t)
  }),
  $tsIncrement: operator(1, 1, ([v]) => {
    if (isNullish(v)) return null
    if (!(v instanceof Timestamp))
      throw new MongoError(5687302, `$tsIncrement requires a timestamp, found ${typeName(v)}`)
    return BigInt(v.i)
  }),
}

/** A whole amount for date arithmetic. */
export function amountOf(value: Value | undefined, name: string): number {
  const n = isNumeric(value) ? toNumber(value) : Number.NaN
  if (!Number.isSafeInteger(n)) throw new MongoError(5166405, `${name} expects integer amount of time units`)
  return n
}
