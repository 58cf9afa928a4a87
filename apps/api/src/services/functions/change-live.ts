import type { FunctionUnit, LoadError } from '@lathe/shared'
import type { Context } from '../../context.ts'
import type { RuntimeChannel } from '../../control/runtime-channel.ts'
import { newErrors } from '../../control/runtime-channels.ts'
import { Refusal } from '../../refusal.ts'

const PREPARE_MS = 15_000
const COMMIT_MS = 10_000

export interface LiveChange {
  /** Names this attempt, towards the runtimes and in the database. */
  publishId: string
  set: FunctionUnit[]
  removed: string[]
}

/** On how many runtimes the change is live, of those that were there. */
export interface Replicas {
  live: number
  total: number
}

/** From the request's arrival until now, with one decimal; null when no runtime swapped. */
export function msToLive({ live }: Replicas, arrivedAt: number): number | null {
  return live > 0 ? Math.round((performance.now() - arrivedAt) * 10) / 10 : null
}

/**
 * Changes what is live in an app, in two phases: every runtime loads it beside what it serves; then `write` makes it
 * true in the database; then the runtimes swap. What cannot be loaded is refused before anything is written, and no
 * request sees neither old nor new. To be called within `channels.exclusive`.
 * @throws Refusal LOAD_ERROR, RUNTIME_UNAVAILABLE; whatever `write` throws
 */
export async function changeLive(
  context: Context,
  appid: string,
  change: LiveChange,
  write: () => Promise<void>,
): Promise<Replicas> {
  const { channels, log } = context
  const present = channels.ready(appid)
  const prepared = await prepareAll(present, change)
  try {
    await write()
  } catch (error) {
    for (const channel of prepared) {
      channel.abort(change.publishId)
      // Whether it was written may not be known: the runtime comes back, and is told what is true.
      if (!(error instanceof Refusal)) channel.close()
    }
    throw error
  }
  const lives = await Promise.all(prepared.map((channel) => commit(channel, change)))
  for (const channel of channels.connected(appid)) {
    if (prepared.includes(channel)) continue
    // It connected before the write, and has not loaded yet what it was told then: tell it again.
    await channels.sync(channel).catch((error: unknown) => {
      log.warn({ err: error, instanceId: channel.instanceId }, 'a runtime could not be synchronised')
      channel.close()
    })
  }
  return { live: lives.filter(Boolean).length, total: present.length }
}

/** @returns the runtimes that are ready to swap; those that went away meanwhile are told when they come back */
async function prepareAll(channels: RuntimeChannel[], change: LiveChange): Promise<RuntimeChannel[]> {
  const changed = change.set.map(({ name }) => name)
  const answers = await Promise.all(
    channels.map(async (channel): Promise<{ channel: RuntimeChannel; errors: LoadError[] | null }> => {
      try {
        const errors = await channel.prepare(change.publishId, change.set, change.removed, PREPARE_MS)
        return { channel, errors: newErrors(channel, errors, changed) }
      } catch {
        return { channel, errors: null }
      }
    }),
  )
  const failed = answers.find(({ errors }) => errors && errors.length > 0)
  const silent = answers.find(({ channel, errors }) => errors === null && channel.isOpen)
  if (failed?.errors || silent) for (const { channel } of answers) channel.abort(change.publishId)
  if (failed?.errors) {
    const [first] = failed.errors
    throw new Refusal('LOAD_ERROR', `${first?.name}: ${first?.message}`, { errors: failed.errors })
  }
  if (silent) {
    throw new Refusal(
      'RUNTIME_UNAVAILABLE',
      `The runtime did not load this within ${PREPARE_MS / 1000} s. Nothing was published.`,
    )
  }
  return answers.flatMap(({ channel, errors }) => (errors ? [channel] : []))
}

async function commit(channel: RuntimeChannel, change: LiveChange): Promise<boolean> {
  try {
    await channel.commit(change.publishId, COMMIT_MS)
    for (const name of [...change.set.map((unit) => unit.name), ...change.removed])
      channel.broken.delete(name)
    return true
  } catch {
    channel.close() // it comes back, and is told everything
    return false
  }
}
