import type { TriggerPreview, triggerInputs } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'
import { parseSchedule } from '../../triggers/schedule.ts'
import { appOf } from '../apps/scope.ts'

const SHOWN_TICKS = 3

/** When a schedule would tick, while it is being written; refused like a save of it. */
export async function previewTrigger(
  request: SignedRequest,
  { appid, cron, timeZone }: z.infer<typeof triggerInputs.preview>,
): Promise<TriggerPreview> {
  appOf(request, appid)
  const ticks = parseSchedule(cron, timeZone).ticks(SHOWN_TICKS, new Date())
  return { nextRuns: ticks.map((tick) => tick.toISOString()) }
}
