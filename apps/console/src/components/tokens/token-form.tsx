import { useState } from 'react'
import { t } from '../../i18n/i18n.ts'
import { ErrorLine } from '../error-view.tsx'
import { Button } from '../ui/button.tsx'
import { Choice } from '../ui/choice.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Field } from '../ui/field.tsx'
import { AppChoice, useFoundApps } from './app-choice.tsx'

const scopes = ['read', 'develop', 'admin'] as const
export interface WantedToken {
  name: string
  scope: (typeof scopes)[number]
  apps?: string[]
  expiresInDays?: number
}

/** Makes a token: for what, how much it may do, where, until when. Its secret is shown once. */
export function TokenForm({
  teamId,
  busy,
  error,
  secret,
  onCreate,
}: {
  /** Whose apps it can be limited to. */
  teamId: string | undefined
  busy: boolean
  error: unknown
  secret: string | undefined
  onCreate: (wanted: WantedToken) => Promise<unknown>
}) {
  const [name, setName] = useState('')
  const [scope, setScope] = useState<WantedToken['scope']>('develop')
  const [app, setApp] = useState('')
  const [days, setDays] = useState('90')
  const found = useFoundApps(teamId, app)
  const mayCreate = name.trim() !== '' && (app.trim() === '' || found.named !== undefined)
  return (
    <>
      <form
        className="grid grid-cols-[1fr_1fr_1fr_auto] items-start gap-2 max-wide:grid-cols-2"
        onSubmit={(event) => {
          event.preventDefault()
          if (!mayCreate) return
          const wanted: WantedToken = { name: name.trim(), scope }
          if (found.named) wanted.apps = [found.named.appid]
          if (days) wanted.expiresInDays = Number(days)
          void onCreate(wanted).then(
            () => setName(''),
            () => {}, // shown below
          )
        }}
      >
        <Field
          label={t('tokens.name')}
          placeholder={t('tokens.placeholder')}
          value={name}
          maxLength={64}
          className="col-span-full"
          onChange={(event) => setName(event.target.value)}
        />
        <Choice label={t('tokens.scope')} value={scope} onChange={(next) => setScope(next as typeof scope)}>
          {scopes.map((one) => (
            <option key={one} value={one}>
              {t(`tokens.scope.${one}`)}
            </option>
          ))}
        </Choice>
        <AppChoice text={app} found={found} onChange={setApp} />
        <Choice label={t('tokens.expiry')} value={days} onChange={setDays}>
          {['7', '30', '90', '365'].map((n) => (
            <option key={n} value={n}>
              {t('tokens.days', { n: Number(n) })}
            </option>
          ))}
          <option value="">{t('tokens.never')}</option>
        </Choice>
        <Button type="submit" className="mt-5" disabled={!mayCreate} busy={busy}>
          {t('tokens.create')}
        </Button>
      </form>
      <ErrorLine error={error} />
      {secret && (
        <div className="mb-3 rounded-control border border-line bg-ok-tint p-3" role="status">
          <p className="text-small">{t('tokens.once')}</p>
          <div className="mt-1 flex items-center gap-1">
            <code className="truncate font-mono text-small">{secret}</code>
            <CopyButton text={secret} label={t('tokens.copy')} />
          </div>
        </div>
      )}
    </>
  )
}
