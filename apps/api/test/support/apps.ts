import type { AppView, FunctionView, PublishResult } from '@lathe/shared'
import { eventually } from './eventually.ts'
import type { Stack } from './stack.ts'
import { type Visit, visit } from './visit.ts'

/** A new app whose runtime serves. */
export async function runningApp({ api }: Stack, name = 'tests'): Promise<AppView> {
  const { appid } = await api.call('apps.create', { name })
  return inPhase(api, appid, 'running')
}

export function inPhase(api: Stack['api'], appid: string, phase: AppView['phase']): Promise<AppView> {
  return eventually(async () => {
    const app = await api.call('apps.get', { appid })
    return app.phase === phase && app
  }, `phase ${phase}`)
}

/** Creates the function when it is not there, and publishes the source on top of what is live. */
export async function publish(
  { api }: Stack,
  appid: string,
  name: string,
  source: string,
): Promise<PublishResult> {
  const found = await functionOf(api, appid, name)
  return api.call('functions.publish', { appid, name, source, baseRevision: found.liveRevision })
}

async function functionOf(api: Stack['api'], appid: string, name: string): Promise<FunctionView> {
  const all = await api.call('functions.list', { appid })
  if (all.some((one) => one.name === name)) return api.call('functions.get', { appid, name })
  return api.call('functions.create', { appid, name })
}

/** Visits the function until it answers so: a runtime that is being replaced or started needs its time. */
export function answers(url: string, expected: string): Promise<Visit> {
  return eventually(async () => {
    const seen = await visit(url)
    if (seen.text !== expected) throw new Error(`${seen.status} ${seen.text}`)
    return seen
  }, `${url} answering ${expected}`)
}

/** The process numbers of an app's runtimes. */
export function runtimePids({ lathe }: Stack, appid: string): number[] {
  return lathe.runtimes().flatMap((one) => (one.appid === appid ? one.pid : []))
}

/** The process number of an app's runtime. */
export async function runtimePid(stack: Stack, appid: string): Promise<number> {
  const [pid] = runtimePids(stack, appid)
  if (pid === undefined) throw new Error(`no runtime of ${appid}`)
  return pid
}
