import type { DebugCommand, DebugMethod, DebugResults, DebugSessionEvent } from '@lathe/shared'
import { errorText } from '../../data/errors.ts'
import { api } from '../../data/trpc.ts'
import { t } from '../../i18n/i18n.ts'
import { breakpointsOf, useBreakpoints } from '../../stores/breakpoints.ts'
import { useDebug } from '../../stores/debug.ts'
import { workspaceActions } from '../../stores/workspace.ts'

const set = useDebug.setState
/** Closes the stream, and with it the session. */
let close: (() => void) | null = null

type Params<M extends DebugMethod> = Extract<DebugCommand, { method: M }>['params']

/** One command to the page's session. */
export async function send<M extends DebugMethod>(method: M, params: Params<M>): Promise<DebugResults[M]> {
  const { appid, sessionId } = useDebug.getState()
  const command = { method, params } as DebugCommand
  return (await api.debug.send.mutate({ appid, sessionId, command })) as DebugResults[M]
}

/** Opens a session for an app, or goes on with the one that is open. Resolves when its runtime is there. */
export function ensureSession(appid: string): Promise<void> {
  const known = useDebug.getState()
  if (known.appid === appid && (known.state === 'ready' || known.state === 'running'))
    return Promise.resolve()
  stopSession()
  set({ state: 'starting', appid, sessionId: '', ended: null, paused: null, frame: 0, bound: [] })
  return new Promise((resolve, reject) => {
    let isOver = false
    const over = (ended: string | null) => {
      if (isOver) return
      isOver = true
      close = null
      set({ state: 'off', sessionId: '', paused: null, frame: 0, bound: [], ended })
      reject(new Error(ended ?? t('debug.stopped')))
    }
    const subscription = api.debug.session.subscribe(
      { appid },
      {
        onData: (event) => {
          if (isOver) return
          if (event.type === 'started') resolve()
          if (event.type === 'ended') over(event.message)
          else heard(event)
        },
        onComplete: () => over(t('debug.brokenOff')),
        onError: (error) => over(error.data ? errorText(error) : t('debug.brokenOff')),
      },
    )
    close = () => {
      over(null)
      subscription.unsubscribe()
    }
  })
}

export function stopSession(): void {
  close?.()
}

function heard(event: Exclude<DebugSessionEvent, { type: 'ended' }>): void {
  switch (event.type) {
    case 'started':
      set({ state: 'ready', sessionId: event.sessionId })
      break
    case 'paused':
      set({ state: 'paused', paused: event, frame: 0 })
      workspaceActions.showDrawer('debug')
      break
    case 'resumed':
      set((s) => ({ state: s.busy ? 'running' : 'ready', paused: null, frame: 0 }))
      break
    case 'breakpoints':
      set({ bound: event.breakpoints })
      break
  }
}

/** Tells the debug runtime where to stop. `none`: nowhere, for runs that only measure. */
export async function tellBreakpoints(which: 'all' | 'none'): Promise<void> {
  const { appid } = useDebug.getState()
  const breakpoints = which === 'none' ? [] : breakpointsOf(appid)(useBreakpoints.getState())
  const { breakpoints: bound } = await send('Lathe.setBreakpoints', { breakpoints })
  set({ bound })
  const state = which === 'none' ? 'none' : useBreakpoints.getState().pauseOn
  await send('Debugger.setPauseOnExceptions', { state })
}

/** While a program is debugged, what is changed in the gutter counts at once. */
useBreakpoints.subscribe((now, before) => {
  const { state, appid } = useDebug.getState()
  if (state !== 'running' && state !== 'paused') return
  if (now.byApp[appid] !== before.byApp[appid] || now.pauseOn !== before.pauseOn) {
    tellBreakpoints('all').catch(() => {}) // a session that is over says so by itself
  }
})
