import { type PackageRequest, packageRequestSchema } from '@lathe/shared'
import { useState } from 'react'
import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Dialog, DialogActions } from '../../components/ui/dialog.tsx'
import { controlLook } from '../../components/ui/field.tsx'
import { useAddDependencies } from '../../data/dependencies.ts'
import { t } from '../../i18n/i18n.ts'
import { useFocus } from '../../lib/use-focus.ts'
import { ReceiptView } from './receipt-view.tsx'

/** Takes the dependencies of a package.json. */
export function PasteDialog({ appid, open, onClose }: { appid: string; open: boolean; onClose: () => void }) {
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      title={t('deps.paste')}
      description={t('deps.pasteText')}
      size="l"
    >
      <PasteForm appid={appid} onClose={onClose} />
    </Dialog>
  )
}

function PasteForm({ appid, onClose }: { appid: string; onClose: () => void }) {
  const [text, setText] = useState('')
  const add = useAddDependencies()
  const box = useFocus<HTMLTextAreaElement>()
  const read = readPackageJson(text)
  const packages = 'packages' in read ? read.packages : []
  return (
    <>
      <div className="flex min-h-0 flex-col gap-2 overflow-y-auto px-5 pt-4">
        <textarea
          ref={box}
          rows={8}
          spellCheck={false}
          aria-label="package.json"
          value={text}
          onChange={(event) => {
            setText(event.target.value)
            add.reset()
          }}
          className={`${controlLook} w-full resize-y py-1.5 font-mono text-small`}
        />
        <p aria-live="polite" className="min-h-5 text-small text-error">
          {'problem' in read ? read.problem : null}
        </p>
        {packages.length > 0 && <ReceiptView appid={appid} packages={packages} />}
        <ErrorLine error={add.error} />
      </div>
      <DialogActions>
        <Button look="quiet" onClick={onClose}>
          {t('action.close')}
        </Button>
        <Button
          look="solid"
          busy={add.isPending}
          disabled={packages.length === 0}
          onClick={() => add.mutate({ appid, packages }, { onSuccess: onClose })}
        >
          {t('deps.install')}
        </Button>
      </DialogActions>
    </>
  )
}

/** The `dependencies` of a package.json, or of an object that is only them. */
function readPackageJson(text: string): { packages: PackageRequest[] } | { problem: string | null } {
  if (text.trim() === '') return { problem: null }
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return { problem: t('deps.pasteNoJson') }
  }
  if (typeof parsed !== 'object' || parsed === null) return { problem: t('deps.pasteNoJson') }
  const dependencies = 'dependencies' in parsed ? parsed.dependencies : parsed
  if (typeof dependencies !== 'object' || dependencies === null) return { problem: t('deps.pasteNothing') }
  const packages: PackageRequest[] = []
  for (const [name, range] of Object.entries(dependencies)) {
    const request = packageRequestSchema.safeParse({ name, range })
    if (!request.success) return { problem: t('deps.pasteBad', { name: `${name}: ${String(range)}` }) }
    packages.push(request.data)
  }
  return packages.length === 0 ? { problem: t('deps.pasteNothing') } : { packages }
}
