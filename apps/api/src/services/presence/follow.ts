import type { editingInputs, PresenceEvent } from '@lathe/shared'
import type { z } from 'zod'
import { authorize } from '../../auth/authorize.ts'
import { SILENT_MS } from '../../presence/presence-hub.ts'
import type { SignedRequest } from '../../request-context.ts'
import { appOf } from '../apps/scope.ts'
import { presenceId } from './at.ts'

const BEAT_MS = SILENT_MS / 3

/**
 * Says that a page of the console is open on an app for as long as it listens, and tells it who else is there and
 * where the functions stand that anybody has open. Ends when the caller may no longer see the app.
 */
export async function* followPresence(
  request: SignedRequest,
  { appid, window, functionName }: z.infer<typeof editingInputs.follow>,
  signal: AbortSignal | undefined,
): AsyncGenerator<PresenceEvent, void> {
  const { context, caller } = request
  const { presence } = context.mongo
  appOf(request, appid)
  const _id = presenceId(request, appid, window)
  const ended = new AbortController()
  const until = signal ? AbortSignal.any([signal, ended.signal]) : ended.signal
  const beat = async (first: boolean) => {
    await authorize(request, 'presence.follow', async () => ({ appid }), true)
    const who = { appid, window, userId: caller.userId, who: caller.name }
    const place = { functionName, editing: false }
    await presence.updateOne(
      { _id },
      {
        $set: { ...who, ...(first ? place : {}), expiresAt: new Date(Date.now() + SILENT_MS) },
        ...(first ? {} : { $setOnInsert: place }),
      },
      { upsert: true },
    )
  }
  await beat(true)
  const timer = setInterval(() => beat(false).catch(() => ended.abort()), BEAT_MS)
  try {
    for await (const { people, functions, changed } of context.presence.follow(appid, until)) {
      const others = people.filter((one) => one._id !== _id)
      yield {
        people: others.map((one) => ({
          window: one.window,
          who: one.who,
          you: one.userId === caller.userId,
          functionName: one.functionName,
          editing: one.editing,
        })),
        functions,
        changed,
      }
    }
  } finally {
    clearInterval(timer)
    await presence.deleteOne({ _id }).catch(() => {}) // it expires
    context.presence.kick(appid)
  }
}
