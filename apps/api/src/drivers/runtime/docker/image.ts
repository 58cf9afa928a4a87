import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import Docker from 'dockerode'
import { pack } from 'tar-stream'

const REPOSITORY = 'lathe-runtime'
/** Where things lie in the image. */
export const IN_IMAGE = { node: '/lathe/node', entry: '/lathe/runtime/main.js' } as const

/** glibc asks files, then DNS, as on any Linux. */
const NSSWITCH = 'hosts: files dns\n'

/**
 * The image that runtimes run in, made of what is installed here and nothing that is pulled: Node, the libraries that
 * it is linked with, and the runtime's bundle. There is no shell and no other program in it.
 * @param entry `main.js` of the runtime's bundle
 * @returns its name; it is made when there is none of these very files
 */
export async function ensureImage(entry: string, docker = new Docker()): Promise<string> {
  const files = await filesOf(entry)
  const name = `${REPOSITORY}:${await digestOf(files)}`
  const known = await docker.listImages({ filters: JSON.stringify({ reference: [name] }) })
  if (known.length === 0) await build(docker, name, files)
  return name
}

/** Paths here by their paths in the image. */
async function filesOf(entry: string): Promise<Map<string, string>> {
  const node = await realpath(process.execPath)
  const files = new Map<string, string>([[IN_IMAGE.node, node]])
  for (const library of await librariesOf(node)) files.set(library, await realpath(library))
  for (const name of await readdir(dirname(entry))) {
    if (name.endsWith('.js')) files.set(join(dirname(IN_IMAGE.entry), name), join(dirname(entry), name))
  }
  return files
}

/** What the dynamic linker would load, by `ldd`; the linker itself is among them. */
async function librariesOf(program: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ldd', [program])
  return stdout.split('\n').flatMap((line) => /(?:=> )?(\/\S+) \(0x/.exec(line)?.[1] ?? [])
}

/** Of the bundle's contents, and of the sizes of the rest: Node and libraries change with their versions. */
async function digestOf(files: Map<string, string>): Promise<string> {
  const hash = createHash('sha256').update(process.version)
  for (const [path, source] of files) {
    hash.update(`\0${path}\0`)
    hash.update(path.endsWith('.js') ? await readFile(source) : String((await stat(source)).size))
  }
  return hash.digest('hex').slice(0, 16)
}

async function build(docker: Docker, name: string, files: Map<string, string>): Promise<void> {
  const tar = pack()
  const written = writeAll(tar, files).catch((error: Error) => tar.destroy(error))
  const [repo, tag] = name.split(':')
  const progress = await docker.importImage(
    tar as unknown as NodeJS.ReadableStream as never,
    { repo, tag } as never,
  )
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(progress as unknown as NodeJS.ReadableStream, (error) =>
      error ? reject(error) : resolve(),
    )
  })
  await written
}

async function writeAll(tar: ReturnType<typeof pack>, files: Map<string, string>): Promise<void> {
  tar.entry({ name: 'etc/nsswitch.conf', mode: 0o644 }, NSSWITCH)
  for (const name of ['app', 'tmp', 'proc', 'sys', 'dev']) tar.entry({ name, type: 'directory', mode: 0o755 })
  for (const [path, source] of files) {
    const { size } = await stat(source)
    await pipeline(createReadStream(source), tar.entry({ name: path.slice(1), size, mode: 0o755 }))
  }
  tar.finalize()
}
