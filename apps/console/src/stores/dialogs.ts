import { create } from 'zustand'

/** The dialogs over the workspace, of which one is open at a time. */
export type WorkspaceDialog =
  | { kind: 'bin' }
  | { kind: 'find' }
  | { kind: 'publishMany' }
  | { kind: 'details'; name: string }
  | { kind: 'folder'; folder: string }
  | { kind: 'import'; files: File[] }

export const useDialog = create<{ dialog: WorkspaceDialog | null }>()(() => ({ dialog: null }))

export function showDialog(dialog: WorkspaceDialog | null): void {
  useDialog.setState({ dialog })
}
