/** Time zones, and dates as text. */
import { DateTime } from '../../bson/values.ts'
import { MongoError } from '../../errors.ts'

/** Broken-down local time; `ms` is the time as if the local clock were UTC. */
export interface LocalTime {
  readonly date: Date
  readonly offsetMinutes: number
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone)
  if (!format) {
    try {
      format = new Intl.DateTimeFormat('en-US', {
        timeZone: zone,
        timeZoneName: 'longOffset',
        year: 'numeric',
      })
    } catch {
      throw new MongoError(40485, `unrecognized time zone identifier: "${zone}"`)
    }
    formats.set(zone, format)
  }
  return format
}

function fixedOffset(zone: string): number | undefined {
  if (zone === 'UTC' || zone === 'GMT' || zone === 'Z') return 0
  const m = /^([+-])(\d{2})(?::?(\d{2}))?$/.exec(zone)
  return m ? (m[1] === '-' ? -1 : 1) * (Number(m[2]) * 60 + Number(m[3] ?? 0)) : undefined
}

/** Minutes that a zone is ahead of UTC at an instant. */
export function offsetAt(zone: string, ms: number): number {
  const fixed = fixedOffset(zone)
  if (fixed !== undefined) return fixed
  const name = formatOf(zone)
    .formatToParts(ms)
    .find((p) => p.type === 'timeZoneName')!.value
  const m = /GMT(?:([+-])(\d{2}):(\d{2}))?/.exec(name)
  return m?.[1] ? (m[1] === '-' ? -1 : 1) * (Number(m[2]) * 60 + Number(m[3])) : 0
}

export function localTime(ms: number, zone: string): LocalTime {
  const offsetMinutes = offsetAt(zone, ms)
  return { date: new Date(ms + offsetMinutes * 60_000), offsetMinutes }
}

/** The instant at which a zone's clock shows `local` (milliseconds as if it were UTC). */
export function fromLocal(local: number, zone: string): number {
  const first = local - offsetAt(zone, local) * 60_000
  return local - offsetAt(zone, first) * 60_000
}

/** ISO 8601 text, with or without time and zone. */
export function parseIsoDate(text: string, zone = 'UTC'): DateTime | undefined {
  const m =
    /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?$/i.exec(
      text,
    )
  if (!m) return undefined
  const [year, month, day, hour, minute, second] = [m[1], m[2], m[3], m[4] ?? 0, m[5] ?? 0, m[6] ?? 0].map(
    Number,
  ) as [number, number, number, number, number, number]
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59)
    return undefined
  const local = utc(year, month, day, hour, minute, second, Math.trunc(Number(`0.${m[7] ?? 0}`) * 1000))
  return new DateTime(fromLocal(local, m[8]?.toUpperCase() ?? zone))
}

/** `Date.UTC` without its special treatment of years below 100. */
export function utc(
  year: number,
  month: number,
  day: number,
  hour = 0,
  minute = 0,
  second = 0,
  ms = 0,
): number {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute, second, ms)
  return date.getTime()
}

export function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - utc(date.getUTCFullYear(), 1, 1)) / 86_400_000) + 1
}

/** Week of the year, Sunday first; the days before the first Sunday are in week 0. */
export function weekOfYear(date: Date): number {
  return Math.floor((dayOfYear(date) + 6 - date.getUTCDay()) / 7)
}

export function isoWeek(date: Date): { year: number; week: number; day: number } {
  const day = date.getUTCDay() === 0 ? 7 : date.getUTCDay()
  const thursday = new Date(date.getTime() + (4 - day) * 86_400_000)
  return { year: thursday.getUTCFullYear(), week: Math.ceil(dayOfYear(thursday) / 7), day }
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

function pad(n: number, width: number): string {
  return String(n).padStart(width, '0')
}

/** `$dateToString`'s format. */
export function formatDate({ date, offsetMinutes }: LocalTime, format: string): string {
  return format.replace(/%(.?)/gs, (_whole, letter: string) => {
    switch (letter) {
      case 'Y':
        return pad(date.getUTCFullYear(), 4)
      case 'm':
        return pad(date.getUTCMonth() + 1, 2)
      case 'd':
        return pad(date.getUTCDate(), 2)
      case 'H':
        return pad(date.getUTCHours(), 2)
      case 'M':
        return pad(date.getUTCMinutes(), 2)
      case 'S':
        return pad(date.getUTCSeconds(), 2)
      case 'L':
        return pad(date.getUTCMilliseconds(), 3)
      case 'j':
        return pad(dayOfYear(date), 3)
      case 'w':
        return String(date.getUTCDay() + 1)
      case 'u':
        return String(isoWeek(date).day)
      case 'U':
        return pad(weekOfYear(date), 2)
      case 'V':
        return pad(isoWeek(date).week, 2)
      case 'G':
        return pad(isoWeek(date).year, 4)
      case 'b':
        return MONTHS[date.getUTCMonth()]!.slice(0, 3)
      case 'B':
        return MONTHS[date.getUTCMonth()]!
      case 'Z':
        return String(offsetMinutes)
      case 'z': {
        const abs = Math.abs(offsetMinutes)
        return `${offsetMinutes < 0 ? '-' : '+'}${pad(Math.floor(abs / 60), 2)}${pad(abs % 60, 2)}`
      }
      case '%':
        return '%'
      default:
        throw new MongoError(18536, `Invalid format character '%${letter}' in format string`)
    }
  })
}

/** Reads text by a format of `$dateFromString`; undefined when it does not fit. */
export function parseDateByFormat(text: string, format: string, zone: string): DateTime | undefined {
  const fields: string[] = []
  const pattern = format.replace(/%(.)|[.*+?^${}()|[\]\\]/gs, (whole, letter: string | undefined) => {
    if (letter === undefined) return `\\${whole}`
    const known = FORMAT_FIELDS[letter]
    if (letter === '%') return '%'
    if (!known) throw new MongoError(18536, `Invalid format character '%${letter}' in format string`)
    fields.push(letter)
    return known
  })
  const m = new RegExp(`^${pattern}$`, 'i').exec(text)
  if (!m) return undefined
  const got: Record<string, string> = {}
  fields.forEach((f, i) => {
    got[f] = m[i + 1]!
  })
  const named = got.b ?? got.B
  const month = named
    ? MONTHS.findIndex((n) => n.slice(0, 3).toLowerCase() === named.slice(0, 3).toLowerCase()) + 1
    : Number(got.m ?? 1)
  const local = utc(
    Number(got.Y ?? 1970),
    month,
    Number(got.d ?? 1),
    Number(got.H ?? 0),
    Number(got.M ?? 0),
    Number(got.S ?? 0),
    Number(got.L ?? 0),
  )
  if (got.Z !== undefined) return new DateTime(local - Number(got.Z) * 60_000)
  return new DateTime(fromLocal(local, got.z?.toUpperCase() ?? zone))
}

const FORMAT_FIELDS: Record<string, string> = {
  Y: '(\\d{4})',
  m: '(\\d{2})',
  d: '(\\d{2})',
  H: '(\\d{2})',
  M: '(\\d{2})',
  S: '(\\d{2})',
  L: '(\\d{1,3})',
  b: '([A-Za-z]{3})',
  B: '([A-Za-z]+)',
  z: '([+-]\\d{2}:?\\d{2}|Z)',
  Z: '([+-]?\\d+)',
}
