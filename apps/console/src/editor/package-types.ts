import { packageOfSpecifier, typesPackageOf } from '@lathe/shared'
import { toast } from 'sonner'
import { dependenciesQuery } from '../data/dependencies.ts'
import { errorText } from '../data/errors.ts'
import { api, queryClient, trpc } from '../data/trpc.ts'
import { t } from '../i18n/i18n.ts'
import { setInstalledPackages, UNRESOLVED } from './language/diagnostics.ts'
import { recheckAll } from './language/service.ts'
import { monaco } from './monaco.ts'

const INSTALL = 'lathe.installPackage'
let generation = 0
let open: string | null = null

/**
 * Gives the language service the types of what an app has installed, again whenever that changes. The worker learns of
 * it by the name of an empty library, and reads the types of a package when the first import asks for them.
 */
export function followPackageTypes(appid: string): () => void {
  open = appid
  let mark: { dispose(): void } | null = null
  const tell = () => {
    const before = mark
    mark = monaco.typescript.typescriptDefaults.addExtraLib(
      '',
      `file:///lathe-installed/${appid}/${generation++}.d.ts`,
    )
    before?.dispose()
    recheckAll()
  }
  const tellInstalled = () => {
    const list = queryClient.getQueryData(trpc.dependencies.list.queryKey({ appid }))
    setInstalledPackages(list ? new Set(list.dependencies.map(({ name }) => name)) : null)
  }
  tellInstalled()
  tell()
  const key = JSON.stringify(trpc.dependencies.list.queryKey({ appid }))
  let known = queryClient.getQueryData(trpc.dependencies.list.queryKey({ appid }))?.change?.id
  const stop = queryClient.getQueryCache().subscribe(({ query, type }) => {
    if (type !== 'updated' || JSON.stringify(query.queryKey) !== key) return
    tellInstalled()
    const now = queryClient.getQueryData(trpc.dependencies.list.queryKey({ appid }))?.change
    if (now?.state !== 'done' || now.id === known) return
    known = now.id
    tell()
  })
  void queryClient.prefetchQuery(dependenciesQuery(appid)).then(recheckAll)
  return () => {
    if (open === appid) open = null
    setInstalledPackages(null)
    stop()
    mark?.dispose()
  }
}

/** Installs a package from the editor, and says how it went. */
async function installPackage(appid: string, name: string): Promise<void> {
  const installing = api.dependencies.add
    .mutate({ appid, packages: [{ name, range: 'latest' }] })
    .finally(() => queryClient.invalidateQueries(trpc.dependencies.list.queryFilter({ appid })))
    .then(() => queryClient.fetchQuery({ ...dependenciesQuery(appid), staleTime: 0 }))
  toast.promise(installing, {
    loading: t('editor.installing', { name }),
    success: t('editor.installed', { name }),
    error: errorText,
  })
  await installing.catch(() => {}) // shown by the toast
}

monaco.editor.registerCommand(INSTALL, (_services, name: string) => {
  if (open) void installPackage(open, name)
})

// An import that leads nowhere offers to install the package; one that is there without types offers those.
monaco.languages.registerCodeActionProvider('typescript', {
  provideCodeActions(model, _range, { markers }) {
    const appid = open
    if (!appid) return { actions: [], dispose() {} }
    const installed = queryClient.getQueryData(trpc.dependencies.list.queryKey({ appid }))?.dependencies ?? []
    const actions = markers.flatMap((marker) => {
      const code = Number(typeof marker.code === 'string' ? marker.code : marker.code?.value)
      if (!UNRESOLVED.has(code)) return []
      const imported = model.getValueInRange(marker).replace(/^['"`]|['"`]$/g, '')
      const found = packageOfSpecifier(imported)
      if (found === null) return []
      const isThere = installed.some((one) => one.name === found)
      const name = isThere ? typesPackageOf(found) : found
      const title = t('editor.installPackage', { name })
      return [
        {
          title,
          kind: 'quickfix',
          diagnostics: [marker],
          isPreferred: true,
          command: { id: INSTALL, title, arguments: [name] },
        },
      ]
    })
    return { actions, dispose() {} }
  },
})
