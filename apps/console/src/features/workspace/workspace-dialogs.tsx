import { lazy, Suspense } from 'react'
import { toast } from 'sonner'
import { useCommand } from '../../commands/registry.ts'
import { errorText } from '../../data/errors.ts'
import { showDialog, useDialog } from '../../stores/dialogs.ts'
import { moveTo } from './move-function.ts'
import type { WorkspaceView } from './panes.tsx'

const BinDialog = lazy(() => import('./bin-dialog.tsx').then((m) => ({ default: m.BinDialog })))
const DetailsDialog = lazy(() => import('./details-dialog.tsx').then((m) => ({ default: m.DetailsDialog })))
const FolderDialog = lazy(() => import('./folder-dialog.tsx').then((m) => ({ default: m.FolderDialog })))
const ImportDialog = lazy(() =>
  import('../transfer/import-dialog.tsx').then((m) => ({ default: m.ImportDialog })),
)
const PublishManyDialog = lazy(() =>
  import('./publish-many-dialog.tsx').then((m) => ({ default: m.PublishManyDialog })),
)
const SearchDialog = lazy(() =>
  import('../search/search-dialog.tsx').then((m) => ({ default: m.SearchDialog })),
)

/** What is asked over the workspace as a whole, with its commands; each is loaded when it is first wanted. */
export function WorkspaceDialogs({
  view,
  refuseTypeErrors,
}: {
  view: WorkspaceView
  refuseTypeErrors: boolean
}) {
  const dialog = useDialog((s) => s.dialog)
  const { appid, name, functions, open } = view
  useCommand('functions.find', () => showDialog({ kind: 'find' }))
  useCommand('functions.bin', () => showDialog({ kind: 'bin' }))
  useCommand('functions.import', () => showDialog({ kind: 'import', files: [] }))
  useCommand('functions.export', () => void exportNow(appid))
  useCommand('function.publishMany', () => showDialog({ kind: 'publishMany' }))
  useCommand('function.details', () => name && showDialog({ kind: 'details', name }), name !== undefined)
  if (!dialog) return null
  const close = () => showDialog(null)
  const renameFolder = (folder: string, to: string) => {
    const inside = functions?.filter((fn) => fn.name.startsWith(`${folder}/`)) ?? []
    const moves = inside.map((fn) => ({ name: fn.name, newName: to + fn.name.slice(folder.length) }))
    void moveTo(appid, moves, (from, now) => from === name && open(now))
  }
  return (
    <Suspense>
      {dialog.kind === 'find' && <SearchDialog onClose={close} />}
      {dialog.kind === 'bin' && (
        <BinDialog
          appid={appid}
          onClose={close}
          onRestored={(restored) => {
            close()
            open(restored)
          }}
        />
      )}
      {dialog.kind === 'publishMany' && (
        <PublishManyDialog appid={appid} refuseTypeErrors={refuseTypeErrors} onClose={close} />
      )}
      {dialog.kind === 'details' && (
        <DetailsDialog
          appid={appid}
          fn={functions?.find((fn) => fn.name === dialog.name) ?? null}
          onClose={close}
        />
      )}
      {dialog.kind === 'folder' && (
        <FolderDialog folder={dialog.folder} onClose={close} onRename={renameFolder} />
      )}
      {dialog.kind === 'import' && (
        <ImportDialog
          appid={appid}
          files={dialog.files}
          onClose={close}
          onDone={(first) => first && open(first)}
        />
      )}
    </Suspense>
  )
}

async function exportNow(appid: string): Promise<void> {
  try {
    const { exportApp } = await import('../transfer/export-app.ts')
    await exportApp(appid)
  } catch (error) {
    toast.error(errorText(error))
  }
}
