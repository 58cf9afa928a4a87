import { initVimMode, VimMode } from 'monaco-vim'
import { runCommand } from '../commands/registry.ts'
import type { monaco } from './monaco.ts'

// `:w`
Object.assign(VimMode.commands, { save: () => void runCommand('draft.save') })

/** Vim's keys in an editor; its mode and command line show in `status`. Loaded when somebody chose it. */
export function startVim(editor: ReturnType<typeof monaco.editor.create>, status: HTMLElement): () => void {
  // The package's types name Monaco by an old path of the same module.
  const vim = initVimMode(editor as unknown as Parameters<typeof initVimMode>[0], status)
  return () => {
    vim.dispose()
    status.textContent = ''
  }
}
