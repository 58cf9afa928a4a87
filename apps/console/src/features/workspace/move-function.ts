import { toast } from 'sonner'
import { errorText } from '../../data/errors.ts'
import { renamed } from '../../data/functions.ts'
import { api } from '../../data/trpc.ts'
import { t } from '../../i18n/i18n.ts'
import { type Move, useEditorBridge } from '../../stores/editor-bridge.ts'
import { workspaceActions } from '../../stores/workspace.ts'

/**
 * Renames or moves functions as one change: what is typed goes with them, their tabs stay, and imports of them in other
 * drafts are changed after a look.
 * @throws the API's refusal, for instance when live functions import one by its old name; then none has moved
 */
export async function moveFunctions(appid: string, moves: Move[]): Promise<void> {
  const editor = useEditorBridge.getState()
  // The texts move with the functions, so the server must have all of them.
  await Promise.all(moves.map(({ name }) => editor.flush(name)))
  const importers = await editor.importsAfterMove(moves)
  const views = await api.functions.renameMany.mutate({ appid, moves })
  for (const [i, { name, newName }] of moves.entries()) {
    const view = views[i]
    if (view) renamed(appid, name, view)
    editor.dropped(name)
    workspaceActions.rename(appid, name, newName)
  }
  importers()
}

/** Where something lands that is dropped on a folder ('' = the top). */
export function nameIn(folder: string, path: string): string {
  const last = path.slice(path.lastIndexOf('/') + 1)
  return folder === '' ? last : `${folder}/${last}`
}

/** Moves a function, or a folder with all that is in it; tells how it went. */
export async function moveTo(
  appid: string,
  moves: Move[],
  onMoved: (name: string, newName: string) => void,
): Promise<void> {
  const real = moves.filter(({ name, newName }) => name !== newName)
  if (real.length === 0) return
  try {
    await moveFunctions(appid, real)
  } catch (error) {
    toast.error(errorText(error))
    return
  }
  for (const { name, newName } of real) onMoved(name, newName)
  const [only] = real
  if (real.length === 1 && only) toast(t('functions.moved', { name: only.name, to: only.newName }))
}
