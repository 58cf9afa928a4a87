import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Dialog, DialogActions } from '../../components/ui/dialog.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Spinner } from '../../components/ui/spinner.tsx'
import { functionsQuery } from '../../data/functions.ts'
import { t } from '../../i18n/i18n.ts'
import { type Problem, useEditorBridge } from '../../stores/editor-bridge.ts'
import { ProblemList } from './problem-list.tsx'

/** Every function whose draft is not live, to be published as one change; what is wrong with them stands before. */
export function PublishManyDialog({
  appid,
  refuseTypeErrors,
  onClose,
}: {
  appid: string
  refuseTypeErrors: boolean
  onClose: () => void
}) {
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('publishMany.title')}
      description={t('publishMany.text')}
      size="l"
    >
      <PublishManyForm appid={appid} refuseTypeErrors={refuseTypeErrors} onClose={onClose} />
    </Dialog>
  )
}

function PublishManyForm({ appid, refuseTypeErrors, onClose }: Parameters<typeof PublishManyDialog>[0]) {
  const { data: list } = useQuery(functionsQuery(appid))
  const differing = useMemo(
    () => list?.filter((fn) => fn.draftDiffers && fn.liveRevision >= 0).map(({ name }) => name) ?? [],
    [list],
  )
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const [note, setNote] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const chosen = useMemo(() => differing.filter((name) => !left.has(name)), [differing, left])
  const problems = useProblems(chosen)
  const blocked = refuseTypeErrors && problems !== null && problems.length > 0
  const toggle = (name: string) => {
    const next = new Set(left)
    if (!next.delete(name)) next.add(name)
    setLeft(next)
  }
  const submit = async () => {
    setBusy(true)
    setError(null)
    try {
      await useEditorBridge.getState().publishMany(chosen, note)
      onClose()
    } catch (refusal) {
      setError(refusal)
    }
    setBusy(false)
  }
  if (list && differing.length === 0) {
    return <p className="px-5 py-6 text-ui text-muted">{t('publishMany.none')}</p>
  }
  return (
    <form
      className="flex min-h-0 flex-col"
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <div className="flex min-h-0 flex-col gap-3 overflow-y-auto px-5 pt-4">
        <ul aria-label={t('publishMany.functions')} className="flex flex-col">
          {differing.map((name) => (
            <li key={name}>
              <label className="flex h-7 items-center gap-2 font-mono text-small">
                <input
                  type="checkbox"
                  checked={!left.has(name)}
                  onChange={() => toggle(name)}
                  className="size-4 accent-solid"
                />
                {name}
              </label>
            </li>
          ))}
        </ul>
        <Field
          label={t('publishMany.note')}
          value={note}
          maxLength={500}
          onChange={(e) => setNote(e.target.value)}
        />
        <section aria-label={t('drawer.problems')} aria-live="polite" className="text-small">
          {problems === null ? (
            <span className="flex items-center gap-2 text-muted">
              <Spinner size={12} /> {t('problems.checking')}
            </span>
          ) : problems.length === 0 ? (
            <span className="text-ok">{t('publishMany.clean')}</span>
          ) : (
            <>
              <p className={blocked ? 'text-error' : 'text-warn'}>
                {blocked
                  ? t('typeErrors.refused', { n: problems.length })
                  : t('typeErrors.warned', { n: problems.length })}
              </p>
              <ProblemList problems={problems} onJump={onClose} />
            </>
          )}
        </section>
        <ErrorLine error={error} />
      </div>
      <div className="pt-3">
        <DialogActions>
          <Button look="quiet" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button
            type="submit"
            look="solid"
            busy={busy}
            disabled={chosen.length === 0 || blocked || (refuseTypeErrors && problems === null)}
          >
            {t('publishMany.publish', { n: chosen.length })}
          </Button>
        </DialogActions>
      </div>
    </form>
  )
}

/** Type errors of these functions; null while they are looked for. */
function useProblems(names: string[]): Problem[] | null {
  const ready = useEditorBridge((s) => s.ready && s.language === 'ready')
  const [found, setFound] = useState<Problem[] | null>(null)
  useEffect(() => {
    if (!ready) return
    let late = false
    setFound(null)
    useEditorBridge
      .getState()
      .check(names)
      .then(
        (problems) => !late && setFound(problems),
        () => !late && setFound([]),
      )
    return () => {
      late = true
    }
  }, [names, ready])
  return found
}
