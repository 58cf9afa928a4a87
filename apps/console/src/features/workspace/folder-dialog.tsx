import { functionNameSchema } from '@lathe/shared'
import { useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { Dialog, DialogActions } from '../../components/ui/dialog.tsx'
import { Field } from '../../components/ui/field.tsx'
import { t } from '../../i18n/i18n.ts'

/** Asks for a folder's new path; all that is in it goes along. */
export function FolderDialog({
  folder,
  onClose,
  onRename,
}: {
  folder: string | null
  onClose: () => void
  onRename: (folder: string, to: string) => void
}) {
  return (
    <Dialog
      open={folder !== null}
      onOpenChange={(open) => !open && onClose()}
      title={t('functions.renameFolderTitle', { folder: folder ?? '' })}
      description={t('functions.renameText')}
    >
      {folder !== null && (
        <FolderForm
          folder={folder}
          onClose={onClose}
          onRename={(to) => {
            onClose()
            onRename(folder, to)
          }}
        />
      )}
    </Dialog>
  )
}

function FolderForm({
  folder,
  onClose,
  onRename,
}: {
  folder: string
  onClose: () => void
  onRename: (to: string) => void
}) {
  const [path, setPath] = useState(folder)
  const valid = functionNameSchema.safeParse(path).success && !path.startsWith(`${folder}/`)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (valid) onRename(path)
      }}
    >
      <div className="px-5 pt-4">
        <Field
          label={t('functions.folderName')}
          value={path}
          autoFocus
          maxLength={120}
          onChange={(e) => setPath(e.target.value)}
          error={valid ? null : t('functions.badName')}
        />
      </div>
      <DialogActions>
        <Button look="quiet" onClick={onClose}>
          {t('action.cancel')}
        </Button>
        <Button type="submit" look="solid" disabled={!valid}>
          {t('action.rename')}
        </Button>
      </DialogActions>
    </form>
  )
}
