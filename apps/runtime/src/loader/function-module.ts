import { pathToFileURL } from 'node:url'
import { SourceTextModule } from 'node:vm'
import { type CodeUnit, moduleId } from '../bridge/protocol.ts'
import { functionOf } from './specifier.ts'

/** One import of a function's code. */
export interface ModuleRequest {
  specifier: string
  attributes: Readonly<Record<string, string | undefined>>
  /** The function it means; null for packages and builtins. */
  target: string | null
}

export type DynamicImport = (
  specifier: string,
  importer: string,
  attributes: Readonly<Record<string, string | undefined>>,
) => Promise<object>

export interface ModuleHost {
  appDir: string
  importDynamically: DynamicImport
  resolve(specifier: string): string
}

/** An instance of a function's code, shared by all graphs in which neither it nor its imports differ. */
export class FunctionModule {
  readonly name: string
  readonly sha256: string
  readonly vm: SourceTextModule
  readonly requests: readonly ModuleRequest[]
  /** Closure hash; set when the graph around it is known. */
  key = ''
  /** Settles when its evaluation does. */
  evaluated: Promise<void> | null = null
  ready = false

  /** @throws SyntaxError when the code is no module */
  constructor(unit: CodeUnit, host: ModuleHost) {
    const { name } = unit
    this.name = name
    this.sha256 = unit.sha256
    const filename = `${host.appDir}/functions/${name}.ts`
    this.vm = new SourceTextModule(unit.code, {
      identifier: moduleId(name, unit.sha256),
      initializeImportMeta(meta) {
        meta.filename = filename
        meta.dirname = filename.slice(0, filename.lastIndexOf('/'))
        meta.url = pathToFileURL(filename).href
        meta.resolve = (specifier: string) => {
          const target = functionOf(specifier, name)
          return target === null
            ? host.resolve(specifier)
            : pathToFileURL(`${host.appDir}/functions/${target}.ts`).href
        }
      },
      importModuleDynamically: ((specifier: string, _module: unknown, attributes: Record<string, string>) =>
        host.importDynamically(specifier, name, attributes)) as never,
    })
    this.requests = this.vm.moduleRequests.map(({ specifier, attributes }) => ({
      specifier,
      attributes,
      target: functionOf(specifier, name),
    }))
  }
}
