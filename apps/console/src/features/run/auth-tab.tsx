import { inputLook } from '../../components/ui/field.tsx'
import { Segments } from '../../components/ui/segments.tsx'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { jsonProblem, type PanelRequest } from './request.ts'

/** Who asks: nobody, whoever has a token, or a user of the app, whose token is made when the request is sent. */
export function AuthTab({
  request,
  set,
}: {
  request: PanelRequest
  set: (change: Partial<PanelRequest>) => void
}) {
  const { auth, bearer, user } = request
  const problem = auth === 'user' ? jsonProblem(user) : null
  return (
    <>
      <div className="flex">
        <Segments
          label={t('run.authKind')}
          value={auth}
          onChange={(next) => set({ auth: next as PanelRequest['auth'] })}
          items={[
            { value: 'none', label: t('run.authNone') },
            { value: 'bearer', label: t('run.bearer') },
            { value: 'user', label: t('run.authUser') },
          ]}
        />
      </div>
      {auth === 'none' && <p className="text-small text-subtle">{t('run.authNoneHint')}</p>}
      {auth === 'bearer' && (
        <>
          <input
            aria-label={t('run.bearer')}
            value={bearer}
            placeholder={'{{token}}'}
            spellCheck={false}
            autoComplete="off"
            onChange={(e) => set({ bearer: e.target.value })}
            className={cx(inputLook, 'font-mono text-small')}
          />
          <p className="text-small text-subtle">{t('run.bearerHint')}</p>
        </>
      )}
      {auth === 'user' && (
        <>
          <textarea
            aria-label={t('run.claims')}
            aria-invalid={problem ? true : undefined}
            aria-describedby="claims-note"
            value={user}
            spellCheck={false}
            onChange={(e) => set({ user: e.target.value })}
            className={cx(inputLook, 'min-h-0 grow resize-none py-1.5 font-mono text-small')}
          />
          <p id="claims-note" className={cx('text-small', problem ? 'text-error' : 'text-subtle')}>
            {problem ?? t('run.claimsHint')}
          </p>
        </>
      )}
    </>
  )
}
