import { Command } from 'cmdk'
import { FileCode2, FileSearch, SquareTerminal } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { canRun, runCommand } from '../../commands/registry.ts'
import { type CommandId, commandRows } from '../../commands/table.ts'
import { t } from '../../i18n/i18n.ts'
import { useReturnFocus } from '../../lib/use-return-focus.ts'
import { Kbd } from '../ui/kbd.tsx'

const row =
  'flex h-8 items-center gap-2.5 rounded-kbd px-2.5 text-ui text-fg select-none data-[selected=true]:bg-raised'

/**
 * The palette (commands) and quick open (functions): one list that narrows as one types. Loaded when first opened.
 */
export function Palette({
  mode,
  functions,
  onOpenFunction,
  onClose,
}: {
  mode: 'commands' | 'functions'
  functions: string[]
  onOpenFunction: (name: string) => void
  onClose: () => void
}) {
  const focus = useReturnFocus(true)
  const then = (act: () => void) => {
    onClose()
    // The dialog gives the focus back first, so that a command can take it.
    setTimeout(act, 30)
  }
  const available = commandRows.filter(([id]) => canRun(id) && id !== 'go.palette' && id !== 'go.quickOpen')
  const functionGroup = functions.length > 0 && (
    <Command.Group heading={t('nav.functions')} className={group}>
      {functions.map((name) => (
        <Command.Item
          key={name}
          value={`fn ${name}`}
          className={row}
          onSelect={() => then(() => onOpenFunction(name))}
        >
          <FileCode2 size={14} aria-hidden className="text-type" />
          <span className="truncate font-mono text-small">{name}</span>
        </Command.Item>
      ))}
    </Command.Group>
  )
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-fade bg-[rgb(0_0_0/40%)]" />
        <Dialog.Content
          {...focus}
          aria-describedby={undefined}
          className="fixed top-[12vh] left-1/2 z-50 w-[min(600px,calc(100vw-32px))] -translate-x-1/2 animate-rise overflow-hidden rounded-dialog border border-line bg-surface shadow-overlay"
        >
          <Dialog.Title className="sr-only">
            {mode === 'commands' ? t('command.palette') : t('command.quickOpen')}
          </Dialog.Title>
          <Command loop label={mode === 'commands' ? t('command.palette') : t('command.quickOpen')}>
            <div className="flex items-center gap-2.5 border-b border-line px-4">
              {mode === 'commands' ? (
                <SquareTerminal size={16} aria-hidden className="text-subtle" />
              ) : (
                <FileSearch size={16} aria-hidden className="text-subtle" />
              )}
              <Command.Input
                autoFocus
                placeholder={
                  mode === 'commands' ? t('palette.placeholder') : t('palette.functionsPlaceholder')
                }
                className="h-12 grow bg-transparent text-ui outline-none"
              />
            </div>
            <Command.List className="max-h-[48vh] overflow-y-auto p-2">
              <Command.Empty className="px-2.5 py-6 text-center text-ui text-muted">
                {t('palette.none')}
              </Command.Empty>
              {mode === 'functions' && functionGroup}
              {mode === 'commands' && (
                <Command.Group heading={t('palette.commands')} className={group}>
                  {available.map(([id, { title, keys }]) => (
                    <Command.Item
                      key={id}
                      value={t(title as 'action.publish')}
                      className={row}
                      onSelect={() => then(() => runCommand(id as CommandId))}
                    >
                      <span className="grow truncate">{t(title as 'action.publish')}</span>
                      {keys && <Kbd keys={keys} />}
                    </Command.Item>
                  ))}
                </Command.Group>
              )}
              {mode === 'commands' && functionGroup}
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

const group =
  '[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-label [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-subtle'
