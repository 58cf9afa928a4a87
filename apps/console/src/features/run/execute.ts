import type { LogLine, RunEvent } from '@lathe/shared'
import { noteAwake } from '../../data/apps.ts'
import { errorText, reasonOf } from '../../data/errors.ts'
import { functionQuery } from '../../data/functions.ts'
import { api, queryClient } from '../../data/trpc.ts'
import { t } from '../../i18n/i18n.ts'
import { useEditorBridge } from '../../stores/editor-bridge.ts'
import { rememberRun } from '../../stores/history.ts'
import { requestOf } from '../../stores/requests.ts'
import { type RunView, runActions, useRuns } from '../../stores/runs.ts'
import { workspaceActions } from '../../stores/workspace.ts'
import { firstPlace } from './places.ts'
import { toRunRequest } from './request.ts'

/** Lines are shown in gusts: ten thousand of them in a second must not render ten thousand times. */
const GUST_MS = 50

const running = new Map<string, () => void>()

export const runKey = (appid: string, name: string) => `${appid}/${name}`

/**
 * Executes the draft (as it stands in the editor) or what is live, and shows what comes as it comes.
 * @param debugSession runs it in the debug runtime of this session
 */
export async function startRun(
  appid: string,
  name: string,
  what: RunView['what'],
  debugSession?: string,
): Promise<void> {
  const key = runKey(appid, name)
  running.get(key)?.()
  const request = toRunRequest(requestOf(key))
  const id = runActions.begin(key, what, request)
  workspaceActions.showDrawer('console')
  const source = what === 'draft' ? await draftOf(appid, name) : undefined

  let gust: LogLine[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  const blow = () => {
    clearTimeout(timer)
    timer = undefined
    if (gust.length > 0) runActions.append(key, id, gust)
    gust = []
  }
  const onData = (event: RunEvent) => {
    if (event.type === 'log') {
      gust.push(event.line)
      timer ??= setTimeout(blow, GUST_MS)
      return
    }
    blow()
    if (event.type === 'response') {
      runActions.change(key, id, () => ({ state: 'answered', response: event.response }))
      const { status, durationMs } = event.response
      rememberRun(key, { id, what, request, status, durationMs })
      return
    }
    if (event.type !== 'error') return
    const { reason, message, markers, errors } = event
    runActions.change(key, id, () => ({
      state: reason === 'CANCELLED' ? 'cancelled' : 'failed',
      failure: { reason, message },
    }))
    if (markers?.length || errors?.length) {
      useEditorBridge.getState().showErrors(name, {
        ...(markers ? { markers } : {}),
        ...(errors ? { loadErrors: errors } : {}),
      })
      workspaceActions.showDrawer('problems')
    }
  }
  const end = () => {
    blow()
    runActions.change(key, id, () => ({ open: false }))
    noteAwake(appid)
    if (useRuns.getState().byFunction[key]?.id === id) running.delete(key)
    runActions.change(key, id, (run) =>
      run.state === 'running'
        ? { state: 'failed', failure: { reason: 'CONNECTION', message: t('run.brokenOff') } }
        : {},
    )
    if (useRuns.getState().byFunction[key]?.id === id) markThrown(key)
  }
  const subscription = api.runs.execute.subscribe(
    {
      appid,
      name,
      ...(source === undefined ? {} : { source }),
      ...(debugSession === undefined ? {} : { debugSession }),
      request,
    },
    {
      onData,
      onComplete: end,
      onError: (error) => {
        blow()
        runActions.change(key, id, (run) =>
          run.state === 'running'
            ? {
                state: 'failed',
                failure: {
                  reason: 'CONNECTION',
                  message: reasonOf(error) ? errorText(error) : t('run.brokenOff'),
                },
              }
            : {},
        )
        end()
      },
    },
  )
  running.set(key, () => {
    blow()
    // Before the subscription ends: its end would read as a broken connection.
    runActions.change(key, id, (run) => (run.state === 'running' ? { state: 'cancelled' } : {}))
    running.delete(key)
    subscription.unsubscribe()
  })
}

export function cancelRun(appid: string, name: string): void {
  running.get(runKey(appid, name))?.()
}

async function draftOf(appid: string, name: string): Promise<string> {
  const text = useEditorBridge.getState().textOf(name)
  return text ?? (await queryClient.ensureQueryData(functionQuery(appid, name))).draft.source
}

/** The line that threw is marked in the editor, when the answer is an error and the console says where. */
function markThrown(key: string): void {
  const run = useRuns.getState().byFunction[key]
  if (!run?.response || run.response.status < 500) return
  const line = run.lines.findLast((one) => one.level === 'error')
  const place = line && firstPlace(line.text, () => true)
  if (!line || !place) return
  useEditorBridge.getState().showErrors(place.name, { thrown: { line: place.line, message: line.text } })
}
