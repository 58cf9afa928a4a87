import { commandRows } from '../../commands/table.ts'
import { t } from '../../i18n/i18n.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Kbd } from '../ui/kbd.tsx'

/** All keys, from the table of commands. */
export function KeyHelp({ onClose }: { onClose: () => void }) {
  const rows = [
    ...commandRows.flatMap(([id, { title, keys }]) =>
      keys ? [{ id, title: t(title as 'action.publish'), keys }] : [],
    ),
    { id: 'tab', title: t('editor.tabTrap'), keys: 'Ctrl+M' },
  ]
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t('command.help')}>
      <dl className="overflow-y-auto px-5 pt-3 pb-5">
        {rows.map(({ id, title, keys }) => (
          <div key={id} className="flex h-8 items-center justify-between border-b border-line last:border-0">
            <dt>{title}</dt>
            <dd>
              <Kbd keys={keys} />
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
