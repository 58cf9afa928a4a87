import { keepPreviousData } from '@tanstack/react-query'
import { trpc } from './trpc.ts'

const OFTEN_MS = 5_000
const SELDOM_MS = 30_000
const SHORT_MS = 3_600_000

interface Time {
  from: string
  to?: string
}

/** A time that goes on until now is looked at again; the shorter it is, the sooner something shows. */
function pace({ from, to }: Time): number | false {
  if (to !== undefined) return false
  return Date.now() - Date.parse(from) <= SHORT_MS * 1.5 ? OFTEN_MS : SELDOM_MS
}

export function seriesQuery(appid: string, time: Time, functionName?: string) {
  const input = { appid, ...time, ...(functionName ? { functionName } : {}) }
  return trpc.metrics.series.queryOptions(input, {
    refetchInterval: pace(time),
    placeholderData: keepPreviousData,
  })
}

export function functionMetricsQuery(appid: string, time: Time) {
  return trpc.metrics.functions.queryOptions(
    { appid, ...time },
    { refetchInterval: pace(time), placeholderData: keepPreviousData },
  )
}
