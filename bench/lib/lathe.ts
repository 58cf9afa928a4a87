import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AppView, type PublishResult, settingsSchema } from '@lathe/shared'
import { type Lathe, startLathe } from '@lathe/supervisor'

export const owner = { email: 'owner@example.com', password: 'correct horse battery' }

/** A whole Lathe of its own with an owner, and the calls that the benchmarks make. */
export class BenchLathe implements AsyncDisposable {
  readonly lathe: Lathe
  readonly #cookie: string
  readonly #data: string

  private constructor(lathe: Lathe, cookie: string, data: string) {
    this.lathe = lathe
    this.#cookie = cookie
    this.#data = data
  }

  static async start(settings: Record<string, string> = {}): Promise<BenchLathe> {
    const data = await mkdtemp(join(tmpdir(), 'lathe-bench-'))
    const lathe = await startLathe(
      settingsSchema.parse({
        LATHE_PORT: '0',
        LATHE_DATA: data,
        LATHE_OWNER_EMAIL: owner.email,
        LATHE_OWNER_PASSWORD: owner.password,
        ...settings,
      }),
    )
    const response = await fetch(`${lathe.url}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: lathe.url },
      body: JSON.stringify(owner),
    })
    if (!response.ok) throw new Error(`sign-in failed: ${await response.text()}`)
    const cookie = response.headers.getSetCookie().map((one) => one.split(';')[0])
    return new BenchLathe(lathe, cookie.join('; '), data)
  }

  /** Calls a mutation. */
  call<T>(procedure: string, input: unknown): Promise<T> {
    return this.#ask(procedure, '', { method: 'POST', body: JSON.stringify(input) })
  }

  query<T>(procedure: string, input: unknown): Promise<T> {
    return this.#ask(procedure, `?input=${encodeURIComponent(JSON.stringify(input))}`, {})
  }

  async #ask<T>(procedure: string, query: string, init: RequestInit): Promise<T> {
    const response = await fetch(`${this.lathe.url}/trpc/${procedure}${query}`, {
      ...init,
      headers: { 'content-type': 'application/json', origin: this.lathe.url, cookie: this.#cookie },
    })
    const body = (await response.json()) as { result?: { data: T }; error?: { message: string } }
    if (!body.result) throw new Error(`${procedure}: ${body.error?.message ?? response.status}`)
    return body.result.data
  }

  /** The data of each event of a subscription, until the server ends it. */
  async *subscribe<T>(procedure: string, input: unknown, signal: AbortSignal): AsyncGenerator<T, void> {
    const response = await fetch(`${this.lathe.url}/trpc/${procedure}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        origin: this.lathe.url,
        cookie: this.#cookie,
      },
      body: JSON.stringify(input),
      signal,
    })
    if (!response.ok || !response.body) throw new Error(`${procedure}: ${await response.text()}`)
    let text = ''
    for await (const chunk of response.body.pipeThrough(
      new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>,
    )) {
      text += chunk
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        if (/^event: ?return/m.test(block)) return
        const data = /^data: ?(.*)$/m.exec(block)?.[1]
        if (data !== undefined && !/^event:/m.test(block)) yield JSON.parse(data) as T
      }
    }
  }

  createApp(name: string): Promise<AppView> {
    return this.call('apps.create', { name })
  }

  /** Creates a function and publishes it. */
  async createFunction(appid: string, name: string, source: string): Promise<void> {
    await this.call('functions.create', { appid, name })
    await this.publish(appid, name, source, 0)
  }

  publish(appid: string, name: string, source: string, baseRevision: number): Promise<PublishResult> {
    return this.call('functions.publish', { appid, name, source, baseRevision })
  }

  host(appid: string): string {
    return `${appid}.${this.lathe.appsDomain}`
  }

  /** The Unix socket of an app's runtime. */
  async runtimeSocket(appid: string): Promise<string> {
    const folder = join(this.lathe.data.run, appid)
    const socket = (await readdir(folder)).find((name) => name.endsWith('.sock'))
    if (!socket) throw new Error(`no runtime of ${appid} listens`)
    return join(folder, socket)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lathe[Symbol.asyncDispose]()
    await rm(this.#data, { recursive: true, force: true })
  }
}
