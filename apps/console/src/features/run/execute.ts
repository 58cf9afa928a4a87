import { type LogLine, type RunEvent, runLimits } from '@lathe/shared'
import { noteAwake } from '../../data/apps.ts'
import { errorText, issuesOf, reasonOf } from '../../data/errors.ts'
import { functionQuery } from '../../data/functions.ts'
import { refreshPastRuns } from '../../data/runs.ts'
import { api, queryClient } from '../../data/trpc.ts'
import { t } from '../../i18n/i18n.ts'
import { formatBytes } from '../../lib/format.ts'
import { useEditorBridge } from '../../stores/editor-bridge.ts'
import { requestOf } from '../../stores/requests.ts'
import { type RunView, runActions, useRuns } from '../../stores/runs.ts'
import { workspaceActions } from '../../stores/workspace.ts'
import { bytesOf, shortText } from '../response/response-bytes.ts'
import { firstPlace } from './places.ts'
import { bodySize, isTooLarge, missingFiles, type PanelRequest, toRunRequest } from './request.ts'

/** Lines and bytes are shown in gusts: ten thousand of them in a second must not render ten thousand times. */
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
  const asked = requestOf(key)
  const request = toRunRequest(asked)
  const id = runActions.begin(key, what, request)
  const obstacle = obstacleOf(asked)
  if (obstacle) {
    const failure = { reason: 'REFUSED' as const, message: obstacle }
    runActions.change(key, id, () => ({ state: 'failed', open: false, failure }))
    return
  }
  workspaceActions.showDrawer('console')
  const source = what === 'draft' ? await draftOf(appid, name) : undefined

  let gust: LogLine[] = []
  let bytes: Uint8Array<ArrayBuffer>[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  const blow = () => {
    clearTimeout(timer)
    timer = undefined
    if (gust.length > 0 || bytes.length > 0) runActions.append(key, id, gust, bytes)
    gust = []
    bytes = []
  }
  const onData = (event: RunEvent) => {
    if (event.type === 'log') {
      gust.push(event.line)
      timer ??= setTimeout(blow, GUST_MS)
      return
    }
    if (event.type === 'chunk') {
      bytes.push(bytesOf(event.data))
      timer ??= setTimeout(blow, GUST_MS)
      return
    }
    blow()
    if (event.type === 'head') {
      runActions.change(key, id, () => ({ head: event.head }))
      return
    }
    if (event.type === 'timing') {
      runActions.change(key, id, () => ({ timing: event.timing }))
      return
    }
    if (event.type === 'response') {
      runActions.change(key, id, ({ body }) => ({
        state: 'answered',
        response: { ...event.response, ...shortText(body) },
      }))
      return
    }
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
    void refreshPastRuns(appid)
    if (useRuns.getState().byFunction[key]?.id === id) running.delete(key)
    runActions.change(key, id, (run) =>
      run.state === 'running'
        ? { state: 'failed', failure: { reason: 'CONNECTION', message: brokenOff(run) } }
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
      stream: true,
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
                  message: reasonOf(error) ? (issuesOf(error)[0] ?? errorText(error)) : brokenOff(run),
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

const brokenOff = ({ head }: RunView) => t(head ? 'run.brokenHalfway' : 'run.brokenOff')

/** Why the request cannot be sent as it stands. */
function obstacleOf(request: PanelRequest): string | null {
  const missing = missingFiles(request)
  if (missing.length > 0) return t('run.missingFiles', { names: missing.join(', ') })
  if (!isTooLarge(request)) return null
  const [size, limit] = [bodySize(request), runLimits.bodyBytes].map(formatBytes)
  return t('run.bodyTooLarge', { size: size ?? '', limit: limit ?? '' })
}

async function draftOf(appid: string, name: string): Promise<string> {
  const text = useEditorBridge.getState().textOf(name)
  return text ?? (await queryClient.ensureQueryData(functionQuery(appid, name))).draft.source
}

/** The line that threw is marked in the editor, when the answer is an error or broke off and the console says where. */
function markThrown(key: string): void {
  const run = useRuns.getState().byFunction[key]
  if (!run || (run.failure ? !run.head : (run.response?.status ?? 0) < 500)) return
  const line = run.lines.findLast((one) => one.level === 'error')
  const place = line && firstPlace(line.text, () => true)
  if (!line || !place) return
  useEditorBridge.getState().showErrors(place.name, { thrown: { line: place.line, message: line.text } })
}
