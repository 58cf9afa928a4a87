import { useMutation, useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Dialog, DialogActions } from '../../components/ui/dialog.tsx'
import { functionsQuery, refreshFunctions } from '../../data/functions.ts'
import { api } from '../../data/trpc.ts'
import { t } from '../../i18n/i18n.ts'
import { useEditorBridge } from '../../stores/editor-bridge.ts'
import { type ReadFunctions, type Refused, readFiles } from './read-files.ts'

/** Takes functions from files: shows what each would do before it is done. */
export function ImportDialog({
  appid,
  files,
  onClose,
  onDone,
}: {
  appid: string
  files: File[]
  onClose: () => void
  onDone: (first: string | undefined) => void
}) {
  const [read, setRead] = useState<ReadFunctions | null>(null)
  const take = (chosen: File[]) => void readFiles(chosen).then(setRead)
  useEffect(() => {
    if (files.length > 0) take(files)
  }, [])
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('transfer.import')}
      description={t('transfer.importText')}
      size="l"
    >
      {read ? (
        <Preview appid={appid} read={read} onClose={onClose} onDone={onDone} />
      ) : (
        <Chooser onFiles={take} />
      )}
    </Dialog>
  )
}

function Chooser({ onFiles }: { onFiles: (files: File[]) => void }) {
  const input = useRef<HTMLInputElement>(null)
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button inside does the same by keyboard
    <div
      className="m-5 flex flex-col items-center gap-3 rounded-popover border border-dashed border-control py-10"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault()
        onFiles([...event.dataTransfer.files])
      }}
    >
      <input
        ref={input}
        type="file"
        multiple
        accept=".zip,.ts,.js"
        aria-label={t('transfer.choose')}
        tabIndex={-1}
        className="sr-only"
        onChange={(event) => onFiles([...(event.target.files ?? [])])}
      />
      <Button look="solid" autoFocus onClick={() => input.current?.click()}>
        {t('transfer.choose')}
      </Button>
      <p className="text-small text-muted">{t('transfer.drop')}</p>
    </div>
  )
}

function Preview({
  appid,
  read,
  onClose,
  onDone,
}: {
  appid: string
  read: ReadFunctions
  onClose: () => void
  onDone: (first: string | undefined) => void
}) {
  const { data: list } = useQuery(functionsQuery(appid))
  const texts = useTexts()
  const taken = new Set(list?.map(({ name }) => name))
  const rows = read.functions.map((one) => ({
    ...one,
    effect: !taken.has(one.name) ? 'new' : texts.get(one.name) === one.source ? 'same' : 'changes',
  }))
  const doing = rows.filter(({ effect }) => effect !== 'same')
  const work = useMutation({
    mutationFn: async () => {
      for (const { name, source, effect } of doing) {
        if (effect === 'new') await api.functions.create.mutate({ appid, name, source })
      }
      const changed = doing.filter(({ effect }) => effect === 'changes')
      await useEditorBridge
        .getState()
        .writeTexts(changed.map(({ name, source }) => ({ name, after: source })))
    },
    onSettled: () => refreshFunctions(appid),
    onSuccess: () => {
      onClose()
      onDone(doing[0]?.name)
    },
  })
  return (
    <>
      <ul
        aria-label={t('transfer.files')}
        className="mt-3 min-h-24 overflow-y-auto border-y border-line px-5 py-2"
      >
        {rows.map(({ name, effect }) => (
          <li key={name} className="flex h-7 items-center gap-3 font-mono text-small">
            <span className="min-w-0 grow truncate">{name}</span>
            <span className={effect === 'changes' ? 'text-warn' : 'text-muted'}>
              {t(`transfer.${effect}` as 'transfer.new')}
            </span>
          </li>
        ))}
      </ul>
      <div className="flex flex-col gap-1 px-5 py-3 text-small">
        {read.refused.map((one) => (
          <p key={JSON.stringify(one)} className="text-error">
            {sentence(one)}
          </p>
        ))}
        {read.skipped > 0 && <p className="text-muted">{t('transfer.skipped', { n: read.skipped })}</p>}
        <ErrorLine error={work.error} />
      </div>
      <DialogActions>
        <Button look="quiet" onClick={onClose}>
          {t('action.cancel')}
        </Button>
        <Button
          look="solid"
          disabled={doing.length === 0 || !list}
          busy={work.isPending}
          onClick={() => work.mutate()}
        >
          {doing.length === 0 ? t('transfer.nothing') : t('transfer.importN', { n: doing.length })}
        </Button>
      </DialogActions>
    </>
  )
}

/** The drafts as they stand, to tell what would change. */
function useTexts(): ReadonlyMap<string, string> {
  const [texts, setTexts] = useState<ReadonlyMap<string, string>>(new Map())
  useEffect(() => {
    void useEditorBridge
      .getState()
      .texts()
      .then((all) => setTexts(new Map(all.map(({ name, source }) => [name, source]))))
  }, [])
  return texts
}

function sentence(refused: Refused): ReactNode {
  if (refused.why === 'tooMany') return t('transfer.tooMany', { n: refused.n })
  const { path } = refused
  if (refused.why === 'badPath') return t('transfer.badPath', { path })
  return refused.why === 'tooLarge' ? t('transfer.tooLarge', { path }) : t('transfer.unreadable', { path })
}
