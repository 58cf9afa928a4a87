import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { inputLook } from '../../components/ui/field.tsx'
import { queryClient, trpc } from '../../data/trpc.ts'
import { t } from '../../i18n/i18n.ts'
import { formatAgo, formatDateTime } from '../../lib/format.ts'

/** Bearer tokens for curl, CI and programs. The secret is shown once. */
export function Tokens() {
  const tokens = useQuery(trpc.tokens.list.queryOptions())
  const refresh = () => queryClient.invalidateQueries(trpc.tokens.list.queryFilter())
  const create = useMutation(trpc.tokens.create.mutationOptions({ onSuccess: refresh }))
  const revoke = useMutation(trpc.tokens.revoke.mutationOptions({ onSuccess: refresh }))
  const [name, setName] = useState('')
  const secret = create.data?.token
  return (
    <section aria-labelledby="tokens" className="border-t border-line py-6">
      <h2 id="tokens" className="font-semibold">
        {t('tokens.title')}
      </h2>
      <p className="mt-1 text-small text-muted">{t('tokens.text')}</p>
      <form
        className="mt-3 flex gap-2"
        onSubmit={(event) => {
          event.preventDefault()
          if (name.trim()) create.mutate({ name: name.trim() }, { onSuccess: () => setName('') })
        }}
      >
        <input
          aria-label={t('tokens.name')}
          placeholder={t('tokens.placeholder')}
          value={name}
          maxLength={64}
          onChange={(e) => setName(e.target.value)}
          className={inputLook}
        />
        <Button type="submit" disabled={!name.trim()} busy={create.isPending}>
          {t('tokens.create')}
        </Button>
      </form>
      <ErrorLine error={create.error ?? revoke.error ?? tokens.error} />
      {secret && (
        <div className="mb-3 rounded-control border border-line bg-ok-tint p-3" role="status">
          <p className="text-small">{t('tokens.once')}</p>
          <div className="mt-1 flex items-center gap-1">
            <code className="truncate font-mono text-small">{secret}</code>
            <CopyButton text={secret} label={t('tokens.copy')} />
          </div>
        </div>
      )}
      <ul>
        {tokens.data?.map((token) => (
          <li key={token.id} className="flex min-h-10 items-center gap-3 border-t border-line first:border-0">
            <span className="min-w-0 grow truncate">{token.name}</span>
            <code className="font-mono text-small text-muted">{token.start}…</code>
            <span className="text-small text-muted" title={formatDateTime(token.createdAt)}>
              {token.lastUsedAt ? t('tokens.used', { ago: formatAgo(token.lastUsedAt) }) : t('tokens.unused')}
            </span>
            <Button look="danger" size="s" onClick={() => revoke.mutate({ id: token.id })}>
              {t('tokens.revoke')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}
