import { setTimeout as delay } from 'node:timers/promises'
import { isConnectionLost } from '../mongo/errors.ts'
import type { Instance } from './instance.ts'
import type { ReconcilerParts } from './parts.ts'

/** Beyond the time that an instance was given, until it is ended. */
const MARGIN_MS = 1_000

/**
 * Ends an instance that no route names any more, once it has finished what it began: it is asked over its control
 * channel, and ends by itself. One that cannot be asked is ended at once.
 * @param graceMs what requests in flight get
 */
export async function retire(parts: ReconcilerParts, instance: Instance, graceMs: number): Promise<void> {
  const { mongo, channels } = parts
  instance.status = 'retiring'
  await mongo.runtimes.updateOne({ _id: instance.id }, { $set: { status: 'retiring' } })
  const asked = channels.drain(instance.appid, instance.id, graceMs)
  if (asked && !instance.hasExited) {
    const over = new AbortController()
    const late = delay(graceMs + MARGIN_MS, undefined, { signal: over.signal, ref: false }).catch(() => {})
    await Promise.race([instance.exited, late])
    over.abort()
  }
  await dispose(parts, instance)
}

/** Ends an instance now and forgets it; one that is gone already is only forgotten. */
export async function dispose({ driver, mongo, log }: ReconcilerParts, instance: Instance): Promise<void> {
  instance.status = 'retiring'
  try {
    if (!instance.hasExited) await driver.stop(instance.id, MARGIN_MS)
  } catch (error) {
    log.warn({ err: error, instanceId: instance.id }, 'a runtime could not be stopped')
  }
  try {
    await mongo.runtimes.deleteOne({ _id: instance.id })
  } catch (error) {
    if (!isConnectionLost(error)) throw error
    log.warn({ err: error }, 'a runtime record stays: the next start removes it')
  }
}
