import { toast } from 'sonner'
import { errorText } from '../../data/errors.ts'
import { renamed } from '../../data/functions.ts'
import { api } from '../../data/trpc.ts'
import { t } from '../../i18n/i18n.ts'
import { useEditorBridge } from '../../stores/editor-bridge.ts'
import { workspaceActions } from '../../stores/workspace.ts'

/**
 * Renames or moves a function: what is typed goes with it, its tab stays, and imports of it in other drafts are changed
 * after a look.
 * @throws the API's refusal, for instance when live functions import it by its old name
 */
export async function moveFunction(appid: string, name: string, newName: string): Promise<void> {
  const editor = useEditorBridge.getState()
  // The text moves with the function, so the server must have all of it.
  await editor.flush(name)
  const importers = await editor.importsAfterMove(name, newName)
  const view = await api.functions.rename.mutate({ appid, name, newName })
  renamed(appid, name, view)
  editor.dropped(name)
  workspaceActions.rename(appid, name, newName)
  importers()
}

/** Where something lands that is dropped on a folder ('' = the top). */
export function nameIn(folder: string, path: string): string {
  const last = path.slice(path.lastIndexOf('/') + 1)
  return folder === '' ? last : `${folder}/${last}`
}

/** Moves a function, or a folder with all that is in it, one after the other; tells how it went. */
export async function moveTo(
  appid: string,
  moves: { name: string; newName: string }[],
  onMoved: (name: string, newName: string) => void,
): Promise<void> {
  for (const { name, newName } of moves) {
    if (name === newName) continue
    try {
      await moveFunction(appid, name, newName)
      onMoved(name, newName)
    } catch (error) {
      toast.error(errorText(error))
      return
    }
  }
  const [only] = moves
  if (moves.length === 1 && only) toast(t('functions.moved', { name: only.name, to: only.newName }))
}
