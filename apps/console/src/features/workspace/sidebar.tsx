import { type FunctionSummary, isTestFile } from '@lathe/shared'
import { useQuery } from '@tanstack/react-query'
import { Copy, Ellipsis, FilePlus2, FlaskConical, Info, ListFilter, Pencil, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { toast } from 'sonner'
import { runCommand, useCommand } from '../../commands/registry.ts'
import { commands, keysOf } from '../../commands/table.ts'
import { ErrorView } from '../../components/error-view.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Menu, type MenuEntry } from '../../components/ui/menu.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { errorText } from '../../data/errors.ts'
import {
  functionQuery,
  functionsQuery,
  useCreateFunction,
  useDeleteFunction,
  useRestoreFunction,
} from '../../data/functions.ts'
import { queryClient } from '../../data/trpc.ts'
import { t } from '../../i18n/i18n.ts'
import { keyLabels } from '../../lib/keys.ts'
import { showDialog } from '../../stores/dialogs.ts'
import { useEditorBridge } from '../../stores/editor-bridge.ts'
import { useNewTestFile } from '../tests/use-new-test-file.ts'
import { copyName, type TreeRow } from './build-tree.ts'
import { moveTo, nameIn } from './move-function.ts'
import { NameDialog, type NameTask } from './name-dialog.tsx'
import { Tree } from './tree.tsx'

const empty: FunctionSummary[] = []

/** What one does to all functions at once, as the palette offers it too. */
const allFunctions = [
  'functions.find',
  'function.publishMany',
  'functions.bin',
  null,
  'functions.import',
  'functions.export',
] as const

function commandEntry(id: Exclude<(typeof allFunctions)[number], null>): MenuEntry {
  const keys = keysOf(id)
  return { label: t(commands[id].title), ...(keys ? { keys } : {}), onSelect: () => void runCommand(id) }
}

/** The app's functions: tree, filter, and everything one does to a function as a whole. */
export function Sidebar({
  appid,
  active,
  onOpen,
  onGone,
}: {
  appid: string
  active: string | undefined
  onOpen: (name: string) => void
  onGone: (name: string) => void
}) {
  const list = useQuery(functionsQuery(appid))
  const functions = list.data ?? empty
  const [filter, setFilter] = useState('')
  const [task, setTask] = useState<NameTask | null>(null)
  const remove = useDeleteFunction()
  const restore = useRestoreFunction()
  const create = useCreateFunction()
  useCommand('function.new', () => setTask({ kind: 'create', folder: '' }))
  useCommand(
    'function.rename',
    () => active && setTask({ kind: 'rename', name: active }),
    active !== undefined,
  )

  const deleteFunction = (name: string) =>
    remove.mutate(
      { appid, name },
      {
        onSuccess: (deleted) => {
          useEditorBridge.getState().dropped(name)
          onGone(name)
          toast(t('functions.deleted', { name }), {
            duration: 10_000,
            action: {
              label: t('action.undo'),
              onClick: () =>
                restore.mutate({ appid, id: deleted.id }, { onSuccess: (fn) => onOpen(fn.name) }),
            },
          })
        },
        onError: (error) => toast.error(errorText(error)),
      },
    )
  const duplicate = async (name: string) => {
    try {
      const source =
        useEditorBridge.getState().textOf(name) ??
        (await queryClient.fetchQuery(functionQuery(appid, name))).draft.source
      const copy = copyName(
        name,
        functions.map((fn) => fn.name),
      )
      create.mutate({ appid, name: copy, source }, { onSuccess: (fn) => onOpen(fn.name) })
    } catch (error) {
      toast.error(errorText(error))
    }
  }
  const newTestFile = useNewTestFile(appid, onOpen)
  const move = ({ kind, path }: TreeRow, folder: string) => {
    const to = nameIn(folder, path)
    const names =
      kind === 'function'
        ? [path]
        : functions.flatMap((fn) => (fn.name.startsWith(`${path}/`) ? fn.name : []))
    const moves = names.map((name) => ({ name, newName: to + name.slice(path.length) }))
    void moveTo(appid, moves, (name, newName) => {
      if (name === active) onOpen(newName)
    })
  }
  const menuOf = (row: TreeRow): (MenuEntry | null)[] =>
    row.kind === 'folder'
      ? [
          {
            label: t('functions.renameFolder'),
            icon: <Pencil size={14} />,
            keys: 'F2',
            onSelect: () => showDialog({ kind: 'folder', folder: row.path }),
          },
          {
            label: t('functions.newIn', { folder: row.label }),
            icon: <FilePlus2 size={14} />,
            onSelect: () => setTask({ kind: 'create', folder: `${row.path}/` }),
          },
        ]
      : [
          {
            label: t('functions.rename'),
            icon: <Pencil size={14} />,
            keys: 'F2',
            onSelect: () => setTask({ kind: 'rename', name: row.path }),
          },
          {
            label: t('functions.details'),
            icon: <Info size={14} />,
            onSelect: () => showDialog({ kind: 'details', name: row.path }),
          },
          {
            label: t('functions.duplicate'),
            icon: <Copy size={14} />,
            onSelect: () => void duplicate(row.path),
          },
          ...(isTestFile(row.path)
            ? []
            : [
                {
                  label: t('tests.newFileFor', { name: row.label }),
                  icon: <FlaskConical size={14} />,
                  onSelect: () => newTestFile(row.path),
                },
              ]),
          {
            label: t('functions.newBeside'),
            icon: <FilePlus2 size={14} />,
            onSelect: () =>
              setTask({ kind: 'create', folder: row.path.slice(0, row.path.lastIndexOf('/') + 1) }),
          },
          null,
          {
            label: t('action.delete'),
            icon: <Trash2 size={14} />,
            keys: 'Delete',
            danger: true,
            onSelect: () => deleteFunction(row.path),
          },
        ]

  return (
    <section
      aria-label={t('nav.functions')}
      className="flex h-full flex-col"
      onDragOver={(event) => event.dataTransfer.types.includes('Files') && event.preventDefault()}
      onDrop={(event) => {
        if (event.dataTransfer.files.length === 0) return
        event.preventDefault()
        showDialog({ kind: 'import', files: [...event.dataTransfer.files] })
      }}
    >
      <div className="flex h-9 shrink-0 items-center gap-1 pr-2 pl-4">
        <h2 className="grow text-small font-medium text-muted">{t('nav.functions')}</h2>
        <Menu
          align="start"
          trigger={
            <button
              type="button"
              aria-label={t('functions.more')}
              className="inline-flex size-7 items-center justify-center rounded-control text-muted hover:bg-raised hover:text-fg"
            >
              <Ellipsis size={16} aria-hidden />
            </button>
          }
          entries={allFunctions.map((id) => (id === null ? null : commandEntry(id)))}
        />
        <IconButton label={t('functions.new')} onClick={() => setTask({ kind: 'create', folder: '' })}>
          <Plus size={16} aria-hidden />
        </IconButton>
      </div>
      <div className="relative mx-2 mb-2">
        <ListFilter size={13} aria-hidden className="absolute top-[8px] left-2 text-subtle" />
        <input
          type="search"
          aria-label={t('functions.filter')}
          placeholder={t('functions.filter')}
          value={filter}
          onChange={(e) => setFilter(e.target.value)}
          onKeyDown={(e) => e.key === 'Escape' && setFilter('')}
          title={keyLabels(keysOf('go.quickOpen') ?? '').join(' ')}
          className="h-7 w-full rounded-control border border-line bg-bg pr-2 pl-7 text-small focus:border-control"
        />
      </div>
      {list.isPending && (
        <div className="flex flex-col gap-1 px-2">
          {['70%', '50%', '80%', '60%'].map((width) => (
            <div key={width} style={{ width }}>
              <Skeleton className="h-6" />
            </div>
          ))}
        </div>
      )}
      {list.error && !list.data && (
        <ErrorView what={t('functions.failed')} error={list.error} onRetry={() => void list.refetch()} />
      )}
      {list.data && (
        <Tree
          appid={appid}
          functions={functions}
          active={active}
          filter={filter}
          menuOf={menuOf}
          onOpen={onOpen}
          onRename={({ kind, path }) =>
            kind === 'function'
              ? setTask({ kind: 'rename', name: path })
              : showDialog({ kind: 'folder', folder: path })
          }
          onMove={move}
          onDelete={deleteFunction}
        />
      )}
      <NameDialog
        appid={appid}
        task={task}
        onClose={() => setTask(null)}
        onDone={onOpen}
        onRenamed={onGone}
      />
    </section>
  )
}
