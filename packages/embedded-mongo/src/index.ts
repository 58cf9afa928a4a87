import { MongoServer, type ServerOptions } from './server/server.ts'

export interface RunningServer {
  readonly port: number
  /** Connection string with the root user. */
  readonly url: string
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Starts the embedded database in this process and resolves when it listens. Rejects with `StartRefused` when the
 * folder or the port cannot be used. Programs run `dist/main.js` as a process of its own instead; this is for tests.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const server = await MongoServer.start(options)
  const credentials = `${encodeURIComponent(options.rootUser)}:${encodeURIComponent(options.rootPassword)}`
  return {
    port: Number(server.address.split(':').at(-1)),
    url: `mongodb://${credentials}@${server.address}/?authSource=admin`,
    [Symbol.asyncDispose]: () => server.close(),
  }
}

export type { ServerOptions }
