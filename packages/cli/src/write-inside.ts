import { mkdir, realpath, rename, writeFile } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import { UsageError } from './usage-error.ts'

/**
 * Where a path of names from elsewhere (a server, a repository) lies in a folder.
 *
 * @throws UsageError for a path that leads out of it, by its words
 */
export function pathInside(root: string, path: string): string {
  const isWrong = path.split('/').some((part) => part === '' || part === '.' || part === '..')
  if (isWrong || /[\\\0:]/.test(path)) throw new UsageError(`${path} is no path of a file in this folder.`)
  return join(root, path)
}

/**
 * Writes a file in one step, in its place: a link of that name is replaced and not followed.
 *
 * @throws UsageError for a path that leads out of the folder, by its words or by a link
 */
export async function writeInside(root: string, path: string, text: string): Promise<void> {
  const file = pathInside(root, path)
  let folder = root
  await mkdir(root, { recursive: true })
  const within = await realpath(root)
  for (const part of path.split('/').slice(0, -1)) {
    folder = join(folder, part)
    await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
    if (!(await realpath(folder)).startsWith(within + sep)) {
      throw new UsageError(`${folder} is a link that leads out of ${root}: remove it, then try again.`)
    }
  }
  const fresh = join(dirname(file), `.lathe-${process.pid}.tmp`)
  await writeFile(fresh, text, { flag: 'wx' })
  await rename(fresh, file)
}
