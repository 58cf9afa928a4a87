import { packUrls } from 'virtual:type-packs'
import {
  initialize,
  type MirrorContext,
  type WorkerData,
} from 'monaco-editor/languages/features/typescript/ts.worker'
import { FunctionLanguageWorker } from './function-worker.ts'
import { INSTALLED_MARK, PackFiles } from './pack-files.ts'

/**
 * Reads a pack at once: the compiler's host is synchronous, and a worker may wait. Without an answer that makes sense
 * there are no types, which is no reason for the service to fail.
 */
function read(url: string): Record<string, string> {
  try {
    const request = new XMLHttpRequest()
    request.open('GET', url, false)
    request.send()
    return request.status === 200 ? (JSON.parse(request.responseText) as Record<string, string>) : {}
  } catch {
    return {}
  }
}

const packs = new PackFiles(packUrls, read)

/** Which app's packages are meant stands in the name of an empty library: see package-types.ts. */
function readInstalled(extraLibs: object): string | null {
  const appid = Object.keys(extraLibs)
    .map((name) => INSTALLED_MARK.exec(name)?.[1])
    .find((found) => found !== undefined)
  const base = `/api/apps/${appid}/types`
  const versions = appid === undefined ? {} : read(base)
  packs.useInstalled(
    new Map(Object.entries(versions).map(([name, version]) => [name, `${base}/${name}@${version}.json`])),
  )
  return appid === undefined ? null : `${base}/exports`
}

/**
 * Monaco's TypeScript worker with packages' types behind its file system. They are not root files: the program has
 * only those that it reaches, and a pack is fetched when the first import asks for it.
 */
class FunctionWorker extends FunctionLanguageWorker {
  constructor(context: MirrorContext, data: WorkerData) {
    super(context, data)
    // Every function uses these two: read them before the first program is built.
    packs.load('node')
    packs.load('cloud')
    this.installed.use(readInstalled(data.extraLibs))
  }

  override async updateExtraLibs(extraLibs: object): Promise<void> {
    this.installed.use(readInstalled(extraLibs))
    await super.updateExtraLibs(extraLibs)
  }

  override _getScriptText(fileName: string): string | undefined {
    return super._getScriptText(fileName) ?? packs.text(fileName)
  }

  override getScriptVersion(fileName: string): string {
    return super.getScriptVersion(fileName) || packs.version(fileName)
  }

  directoryExists(path: string): boolean {
    return (
      packs.hasDirectory(path) ||
      this.app.hasDirectory(path) ||
      this._context.getMirrorModels().some((m) => m.uri.toString().startsWith(`${path}/`))
    )
  }

  getDirectories(path: string): string[] {
    return packs.directories(path)
  }

  private get _context(): MirrorContext {
    return this._ctx
  }
}

self.onmessage = () => {
  initialize((context, data) => new FunctionWorker(context, data))
}
