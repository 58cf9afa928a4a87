import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { lazy, Suspense, useEffect } from 'react'
import { listenForKeys, useCommand } from '../../commands/registry.ts'
import { functionsQuery } from '../../data/functions.ts'
import { withMessages } from '../../i18n/i18n.ts'
import { usePalette } from '../../stores/overlays.ts'
import { usePreferences } from '../../stores/preferences.ts'
import { onSwitchApp } from './top-bar.tsx'

const Palette = lazy(withMessages(() => import('./palette.tsx').then((m) => ({ default: m.Palette }))))
const KeyHelp = lazy(withMessages(() => import('./key-help.tsx').then((m) => ({ default: m.KeyHelp }))))

/** Commands that work on every page, their keys, and the palette. */
export function GlobalCommands() {
  const navigate = useNavigate()
  const { appid } = useParams({ strict: false })
  const { mode, actions } = usePalette()
  const { set } = usePreferences((s) => s.actions)
  const functions = useQuery({
    ...functionsQuery(appid ?? ''),
    enabled: appid !== undefined && mode !== null,
  })

  useEffect(listenForKeys, [])
  useEffect(() =>
    onSwitchApp((next) => void navigate({ to: '/apps/$appid/functions', params: { appid: next } })),
  )
  useCommand('go.palette', () => actions.open('commands'))
  useCommand('go.quickOpen', () => actions.open('functions'), appid !== undefined)
  useCommand('help', () => actions.open('help'))
  useCommand('go.apps', () => void navigate({ to: '/apps' }))
  useCommand('go.account', () => void navigate({ to: '/account' }))
  const inApp = appid ? { appid } : null
  useCommand(
    'go.functions',
    () => inApp && void navigate({ to: '/apps/$appid/functions', params: inApp }),
    !!inApp,
  )
  useCommand(
    'go.dependencies',
    () => inApp && void navigate({ to: '/apps/$appid/dependencies', params: inApp }),
    !!inApp,
  )
  useCommand('go.logs', () => inApp && void navigate({ to: '/apps/$appid/logs', params: inApp }), !!inApp)
  useCommand(
    'go.triggers',
    () => inApp && void navigate({ to: '/apps/$appid/triggers', params: inApp }),
    !!inApp,
  )
  useCommand('go.env', () => inApp && void navigate({ to: '/apps/$appid/env', params: inApp }), !!inApp)
  useCommand(
    'go.settings',
    () => inApp && void navigate({ to: '/apps/$appid/settings', params: inApp }),
    !!inApp,
  )
  useCommand('theme.system', () => set({ theme: 'system' }))
  useCommand('theme.dark', () => set({ theme: 'dark' }))
  useCommand('theme.light', () => set({ theme: 'light' }))
  useCommand('theme.contrast', () => set({ theme: 'contrast' }))

  if (mode === null) return null
  return (
    <Suspense>
      {mode === 'help' ? (
        <KeyHelp onClose={actions.close} />
      ) : (
        <Palette
          mode={mode}
          functions={functions.data?.map((fn) => fn.name) ?? []}
          onClose={actions.close}
          onOpenFunction={(name) =>
            inApp && void navigate({ to: '/apps/$appid/functions/$', params: { ...inApp, _splat: name } })
          }
        />
      )}
    </Suspense>
  )
}
