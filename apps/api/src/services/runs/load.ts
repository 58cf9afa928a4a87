import type { RuntimeDown } from '@lathe/shared'
import type { Context } from '../../context.ts'
import type { RuntimeChannel } from '../../control/runtime-channel.ts'
import type { AppDoc } from '../../mongo/documents.ts'
import { Refusal } from '../../refusal.ts'
import { whenRuntimeReady } from '../functions/when-runtime-ready.ts'

const LOAD_MS = 15_000

/**
 * The runtimes that a run of this app can be sent to.
 * @throws Refusal APP_NOT_RUNNING, RUNTIME_UNAVAILABLE
 */
export async function runtimesFor(context: Context, app: AppDoc): Promise<RuntimeChannel[]> {
  if (app.state === 'stopped' || app.phase === 'failed') {
    const message =
      app.phase === 'failed' ? 'The app has failed: look at its error.' : 'The app is stopped: start it.'
    throw new Refusal('APP_NOT_RUNNING', message, { phase: app.phase })
  }
  if (!(await whenRuntimeReady(context, app))) {
    throw new Refusal('RUNTIME_UNAVAILABLE', 'The app is starting, and its runtime is not ready yet.')
  }
  return context.channels.ready(app._id)
}

/**
 * Tells the runtimes of a run; when this resolves, requests with its token are answered. While a runtime is being
 * replaced there are two, and the gateway may choose either.
 * @throws Refusal LOAD_ERROR, RUNTIME_UNAVAILABLE
 */
export async function loadRun(
  channels: RuntimeChannel[],
  run: Omit<Extract<RuntimeDown, { type: 'run' }>, 'type'>,
  loadMs = LOAD_MS,
): Promise<void> {
  const answers = await Promise.allSettled(channels.map((channel) => channel.run(run, loadMs)))
  const errors = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
  if (errors.length > 0) {
    throw new Refusal('LOAD_ERROR', `${errors[0]?.name}: ${errors[0]?.message}`, { errors })
  }
  if (answers.every(({ status }) => status === 'rejected')) {
    throw new Refusal('RUNTIME_UNAVAILABLE', `The runtime did not load this within ${loadMs / 1000} s.`)
  }
}
