import { strToU8, zipSync } from 'fflate'
import { appQuery } from '../../data/apps.ts'
import { dependenciesQuery } from '../../data/dependencies.ts'
import { queryClient } from '../../data/trpc.ts'
import { useEditorBridge } from '../../stores/editor-bridge.ts'

/** Saves the app's drafts as a zip file: a TypeScript file per function, and its packages in package.json. */
export async function exportApp(appid: string): Promise<void> {
  const [app, { dependencies }, texts] = await Promise.all([
    queryClient.ensureQueryData(appQuery(appid)),
    queryClient.ensureQueryData(dependenciesQuery(appid)),
    useEditorBridge.getState().texts(),
  ])
  const manifest = {
    name: app.name.toLowerCase().replace(/[^a-z0-9-]+/g, '-') || appid,
    private: true,
    type: 'module',
    dependencies: Object.fromEntries(dependencies.map(({ name, range }) => [name, range])),
  }
  const archive = zipSync({
    'package.json': strToU8(`${JSON.stringify(manifest, null, 2)}\n`),
    ...Object.fromEntries(texts.map(({ name, source }) => [`${name}.ts`, strToU8(source)])),
  })
  const url = URL.createObjectURL(new Blob([archive], { type: 'application/zip' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `${manifest.name}.zip`
  link.click()
  URL.revokeObjectURL(url)
}
