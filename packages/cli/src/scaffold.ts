import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import type { AppView } from '@lathe/shared'
import type { Api } from './api.ts'
import { cloudTypes } from './cloud-types.ts'
import type { Folder } from './folder.ts'
import { writeInside } from './write-inside.ts'

const tsconfig = {
  compilerOptions: {
    target: 'esnext',
    module: 'preserve',
    moduleResolution: 'bundler',
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    types: ['node'],
    paths: {
      '@/*': ['./functions/*'],
      '@lathe/cloud': ['./.lathe/types/cloud/index.ts'],
      '@lafjs/cloud': ['./.lathe/types/cloud/lafjs.ts'],
      '@/cloud-sdk': ['./.lathe/types/cloud/lafjs.ts'],
    },
  },
  include: ['functions'],
}

/** Writes what a local editor needs beside the functions. A tsconfig.json or package.json that is there stays. */
export async function scaffold(api: Api, folder: Folder, { appid, name }: AppView): Promise<void> {
  const put = (path: string, text: string) => writeInside(folder.path, path, text)
  const offer = async (path: string, text: string) => {
    const isThere = await lstat(join(folder.path, path)).then(
      () => true,
      () => false,
    )
    if (!isThere) await put(path, text)
  }
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`
  await put('lathe.json', json({ appid, name }))
  // What this machine last saw, and what is written anew by each pull, is not for git.
  await put('.lathe/.gitignore', '*\n')
  await offer('tsconfig.json', json(tsconfig))
  for (const [path, text] of await cloudTypes()) await put(`.lathe/types/cloud/${path}`, text)
  const { dependencies } = await api.call('dependencies.list', { appid })
  const manifest = {
    private: true,
    type: 'module',
    dependencies: Object.fromEntries(dependencies.map((one) => [one.name, one.range])),
    devDependencies: { '@types/node': '^26', mongodb: '^7' },
  }
  await offer('package.json', json(manifest))
}
