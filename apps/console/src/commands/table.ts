import type { MessageId } from '../i18n/i18n.ts'

/**
 * The one table of commands: palette, keys, tooltips, menus and Monaco's actions read it. A command works while
 * somebody has registered a handler for it (`useCommand`).
 */
interface CommandRow {
  title: MessageId
  keys?: string
  /** Another combination that does the same. */
  also?: string
  /** Offered in the editor's own menu too. */
  editor?: boolean
  /** Its keys work only outside of text fields. */
  outsideInputs?: boolean
}

export const commands = {
  'run.draft': { title: 'run.draft', keys: 'Mod+Enter', editor: true },
  'run.live': { title: 'run.live' },
  'run.cancel': { title: 'action.cancelRun' },
  'debug.draft': { title: 'debug.draft' },
  'debug.toggleBreakpoint': { title: 'debug.toggleBreakpoint', keys: 'F9', editor: true },
  'debug.editBreakpoint': { title: 'debug.editBreakpoint', editor: true },
  'debug.continue': { title: 'debug.continue', keys: 'F8' },
  'debug.pause': { title: 'debug.pause' },
  'debug.stepOver': { title: 'debug.stepOver', keys: 'F10' },
  'debug.stepInto': { title: 'debug.stepInto', keys: 'F11' },
  'debug.stepOut': { title: 'debug.stepOut', keys: 'Shift+F11' },
  'debug.restartFrame': { title: 'debug.restartFrame' },
  'debug.stop': { title: 'debug.stop' },
  'draft.save': { title: 'command.save', keys: 'Mod+S', editor: true },
  'editor.format': { title: 'command.format', keys: 'Shift+Alt+F' },
  'editor.organizeImports': { title: 'command.organizeImports', keys: 'Shift+Alt+O', editor: true },
  'function.publish': { title: 'action.publish', keys: 'Mod+Shift+Enter', editor: true },
  'function.publishMany': { title: 'publishMany.title' },
  'function.history': { title: 'command.history' },
  'function.details': { title: 'functions.details' },
  'functions.bin': { title: 'bin.title' },
  'functions.find': { title: 'search.title', keys: 'Mod+Shift+F' },
  'functions.import': { title: 'transfer.import' },
  'functions.export': { title: 'transfer.export' },
  'function.new': { title: 'functions.new' },
  'function.rename': { title: 'functions.rename' },
  'function.compare': { title: 'command.compare' },
  'function.copyUrl': { title: 'command.copyUrl' },
  'function.copyLine': { title: 'command.copyLine', editor: true },
  'go.quickOpen': { title: 'command.quickOpen', keys: 'Mod+P' },
  'go.palette': { title: 'command.palette', keys: 'Mod+K', also: 'F1' },
  'go.apps': { title: 'apps.title' },
  'go.functions': { title: 'nav.functions' },
  'go.dependencies': { title: 'nav.dependencies' },
  'go.logs': { title: 'nav.logs' },
  'go.triggers': { title: 'nav.triggers' },
  'go.env': { title: 'nav.env' },
  'go.settings': { title: 'nav.settings' },
  'go.account': { title: 'account.title' },
  'app.new': { title: 'apps.new' },
  'view.sidebar': { title: 'command.sidebar', keys: 'Mod+B' },
  'view.drawer': { title: 'command.drawer', keys: 'Mod+J' },
  'view.runPanel': { title: 'command.runPanel' },
  'view.console': { title: 'command.console' },
  'view.problems': { title: 'command.problems' },
  'view.tests': { title: 'command.tests' },
  'view.debug': { title: 'command.debug' },
  'theme.system': { title: 'command.themeSystem' },
  'theme.dark': { title: 'command.themeDark' },
  'theme.light': { title: 'command.themeLight' },
  'theme.contrast': { title: 'command.themeContrast' },
  help: { title: 'command.help', keys: '?', outsideInputs: true },
} as const satisfies Record<string, CommandRow>

export type CommandId = keyof typeof commands
export const commandRows: [CommandId, CommandRow][] = Object.entries(commands) as [CommandId, CommandRow][]

/** The keys of a command, for a tooltip or a button. */
export function keysOf(id: CommandId): string | undefined {
  const row: CommandRow = commands[id]
  return row.keys
}
