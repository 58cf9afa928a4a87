declare module 'virtual:type-packs' {
  export const packUrls: Record<'node' | 'cloud' | 'mongodb', string>
}

/** Monaco ships its worker without declarations; this is what we use of it. */
declare module 'monaco-editor/languages/features/typescript/ts.worker' {
  export interface MirrorContext {
    getMirrorModels(): { uri: { toString(): string }; version: number; getValue(): string }[]
  }
  export interface WorkerData {
    compilerOptions: object
    extraLibs: object
  }
  export class TypeScriptWorker {
    constructor(context: MirrorContext, data: WorkerData)
    _ctx: MirrorContext
    _getScriptText(fileName: string): string | undefined
    getScriptVersion(fileName: string): string
    fileExists(path: string): boolean
    updateExtraLibs(extraLibs: object): Promise<void>
  }
  export function initialize(create: (context: MirrorContext, data: WorkerData) => TypeScriptWorker): void
}
