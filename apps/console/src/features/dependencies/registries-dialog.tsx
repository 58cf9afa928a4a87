import { useQuery } from '@tanstack/react-query'
import { KeyRound, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Dialog, DialogActions } from '../../components/ui/dialog.tsx'
import { Field } from '../../components/ui/field.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { registriesQuery, useRemoveRegistry, useSaveRegistry } from '../../data/dependencies.ts'
import { t } from '../../i18n/i18n.ts'
import { Mark } from './dependency-table.tsx'

/** The team's registries: one for everything, and one per scope. Tokens go in and never come out. */
export function RegistriesDialog({
  teamId,
  open,
  onClose,
}: {
  teamId: string
  open: boolean
  onClose: () => void
}) {
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      title={t('deps.registries')}
      description={t('deps.registriesText')}
      size="l"
    >
      <Registries teamId={teamId} onClose={onClose} />
    </Dialog>
  )
}

function Registries({ teamId, onClose }: { teamId: string; onClose: () => void }) {
  const list = useQuery(registriesQuery(teamId))
  const save = useSaveRegistry()
  const remove = useRemoveRegistry()
  const [scope, setScope] = useState('')
  const [url, setUrl] = useState('')
  const [token, setToken] = useState('')
  const clear = () => {
    setScope('')
    setUrl('')
    setToken('')
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        const secret = token === '' ? {} : { token }
        save.mutate({ teamId, scope: scope === '' ? null : scope, url, ...secret }, { onSuccess: clear })
      }}
    >
      <div className="flex flex-col gap-2 px-5 pt-4">
        <ul aria-label={t('deps.registries')} className="rounded-control border border-line empty:hidden">
          {list.data?.map((one) => (
            <li
              key={one.scope ?? ''}
              className="flex min-h-9 items-center gap-2 border-t border-line px-3 text-small first:border-0"
            >
              <code className="font-mono">{one.scope ?? '*'}</code>
              <span className="grow truncate text-muted">{one.url}</span>
              {one.hasToken && <Mark icon={<KeyRound size={11} aria-hidden />}>{t('deps.token')}</Mark>}
              <IconButton
                label={t('deps.registryRemove', { scope: one.scope ?? '*' })}
                onClick={() => remove.mutate({ teamId, scope: one.scope })}
              >
                <Trash2 size={14} aria-hidden />
              </IconButton>
            </li>
          ))}
        </ul>
        <div className="grid grid-cols-[140px_1fr] gap-2">
          <Field
            label={t('deps.scope')}
            value={scope}
            placeholder="@acme"
            hint={t('deps.scopeHint')}
            onChange={(event) => setScope(event.target.value.trim())}
          />
          <Field
            label={t('deps.registryUrl')}
            value={url}
            placeholder="https://npm.example.com/"
            onChange={(event) => setUrl(event.target.value.trim())}
          />
        </div>
        <Field
          label={t('deps.token')}
          type="password"
          autoComplete="off"
          value={token}
          hint={t('deps.tokenHint')}
          onChange={(event) => setToken(event.target.value.trim())}
        />
        <ErrorLine error={save.error ?? remove.error ?? list.error} />
      </div>
      <DialogActions>
        <Button look="quiet" onClick={onClose}>
          {t('action.close')}
        </Button>
        <Button type="submit" look="solid" busy={save.isPending} disabled={url === ''}>
          {t('action.save')}
        </Button>
      </DialogActions>
    </form>
  )
}
