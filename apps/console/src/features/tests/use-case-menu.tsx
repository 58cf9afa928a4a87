import type { CaseView } from '@lathe/shared'
import {
  ArrowDown,
  ArrowUp,
  Copy,
  Link2,
  ListChecks,
  Pencil,
  Play,
  SquareArrowOutUpRight,
  Trash2,
} from 'lucide-react'
import { useState } from 'react'
import { toast } from 'sonner'
import type { MenuEntry } from '../../components/ui/menu.tsx'
import { useDeleteCase, useMoveCase, useRestoreCase, useSaveCase } from '../../data/cases.ts'
import { t } from '../../i18n/i18n.ts'
import { linkToCase } from '../../lib/links.ts'
import { changeRequest } from '../../stores/requests.ts'
import { useTests } from '../../stores/tests.ts'
import { workspaceActions } from '../../stores/workspace.ts'
import { runKey } from '../run/execute.ts'
import { fromRunRequest } from '../run/request.ts'
import { startTests } from './run-tests.ts'
import type { TestRow } from './tree-rows.ts'

/** What can be done with a case, by menu and by key. */
export function useCaseMenu(appid: string, cases: CaseView[], onOpen: (name: string) => void) {
  const [editedId, setEditedId] = useState<string | null>(null)
  const save = useSaveCase()
  const move = useMoveCase()
  const remove = useDeleteCase()
  const restore = useRestoreCase()

  const siblings = ({ functionName }: CaseView) => cases.filter((one) => one.functionName === functionName)
  const moved = (one: CaseView, by: -1 | 1) => {
    const list = siblings(one)
    const at = list.findIndex(({ id }) => id === one.id)
    const before = by < 0 ? list[at - 1] : list[at + 2]
    if (by < 0 ? !before : at === list.length - 1) return
    move.mutate({ appid, id: one.id, before: before?.id ?? null })
  }
  const deleted = (one: CaseView) =>
    remove.mutate(
      { appid, id: one.id },
      {
        onSuccess: () =>
          toast(t('tests.deleted', { name: one.name }), {
            duration: 10_000,
            action: { label: t('action.undo'), onClick: () => restore.mutate({ appid, id: one.id }) },
          }),
      },
    )
  const renamed = (one: CaseView) => useTests.setState({ selected: one.id, naming: one.id })
  const shown = (one: CaseView) => {
    changeRequest(runKey(appid, one.functionName), fromRunRequest(one.request))
    workspaceActions.showPane('run')
    onOpen(one.functionName)
  }

  const menuOf = ({ case: one, key, kind, owner, label }: TestRow): (MenuEntry | null)[] => {
    if (!one) {
      const only = kind === 'function' ? { functions: [owner] } : { files: [{ name: owner }] }
      const run = { label: t('tests.run', { name: label }), icon: <Play size={13} /> }
      return [{ ...run, onSelect: () => void startTests(appid, only) }]
    }
    return [
      {
        label: t('tests.run', { name: label }),
        icon: <Play size={13} />,
        keys: 'Enter',
        onSelect: () => void startTests(appid, { cases: [key] }),
      },
      { label: t('tests.open'), icon: <SquareArrowOutUpRight size={13} />, onSelect: () => shown(one) },
      { label: t('tests.edit'), icon: <ListChecks size={13} />, onSelect: () => setEditedId(one.id) },
      { label: t('tests.rename'), icon: <Pencil size={13} />, keys: 'F2', onSelect: () => renamed(one) },
      {
        label: t('tests.duplicate'),
        icon: <Copy size={13} />,
        onSelect: () => {
          const { functionName, name, request, expectations } = one
          save.mutate({ appid, functionName, name: `${name} 2`.slice(-120), request, expectations })
        },
      },
      {
        label: t('tests.copyLink'),
        icon: <Link2 size={13} />,
        onSelect: () =>
          void navigator.clipboard
            .writeText(linkToCase(appid, one.functionName, one.id))
            .then(() => toast(t('action.linkCopied'))),
      },
      {
        label: t('tests.moveUp'),
        icon: <ArrowUp size={13} />,
        keys: 'Alt+ArrowUp',
        onSelect: () => moved(one, -1),
      },
      {
        label: t('tests.moveDown'),
        icon: <ArrowDown size={13} />,
        keys: 'Alt+ArrowDown',
        onSelect: () => moved(one, 1),
      },
      null,
      {
        label: t('action.delete'),
        icon: <Trash2 size={13} />,
        keys: 'Delete',
        danger: true,
        onSelect: () => deleted(one),
      },
    ]
  }
  const ofCase = (act: (one: CaseView) => void) => (row: TestRow) => {
    if (row.case) act(row.case)
  }
  const acts = {
    F2: ofCase(renamed),
    Delete: ofCase(deleted),
    'Alt+ArrowUp': ofCase((one) => moved(one, -1)),
    'Alt+ArrowDown': ofCase((one) => moved(one, 1)),
  }
  const editing = cases.find(({ id }) => id === editedId) ?? null
  return { menuOf, acts, editing, closeEditor: () => setEditedId(null) }
}
