import { type Registry, type RegistryConfig, registryOf } from './registry-config.ts'

const TIMEOUT_MS = 15_000
/** The largest packuments (all versions of a much released package) have some tens of megabytes. */
const BODY_LIMIT = 128 * 1024 * 1024
const FRESH_MS = 60_000
const CACHED = 300

export type RegistryTrouble = 'NOT_FOUND' | 'UNREACHABLE' | 'UNAUTHORIZED' | 'UNSUPPORTED' | 'BAD_ANSWER'

export class RegistryError extends Error {
  readonly trouble: RegistryTrouble

  constructor(trouble: RegistryTrouble, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'RegistryError'
    this.trouble = trouble
  }
}

/** What stands in a packument for one version. Everything comes from outside: nothing is sure to be there. */
export interface Manifest {
  name?: string
  version?: string
  description?: string
  license?: unknown
  deprecated?: unknown
  types?: unknown
  typings?: unknown
  exports?: unknown
  gypfile?: unknown
  scripts?: Record<string, unknown>
  hasInstallScript?: unknown
  dependencies?: Record<string, string>
  dist?: { unpackedSize?: unknown; tarball?: unknown }
}

export interface Packument {
  name: string
  description?: string
  license?: unknown
  'dist-tags'?: Record<string, string>
  versions?: Record<string, Manifest>
  time?: Record<string, string>
}

export interface SearchObject {
  package?: {
    name?: string
    version?: string
    description?: string
    date?: string
    license?: unknown
  }
  downloads?: { weekly?: unknown }
}

export interface AdvisoryAnswer {
  [name: string]: { severity?: string; title?: string; url?: string; vulnerable_versions?: string }[]
}

/**
 * The npm registry's HTTP interface, as far as it is needed
 * (https://github.com/npm/registry/blob/main/docs/REGISTRY-API.md). Answers are kept for a minute.
 */
export class RegistryClient {
  readonly config: RegistryConfig
  #cache = new Map<string, { at: number; answer: Promise<unknown> }>()

  constructor(config: RegistryConfig) {
    this.config = config
  }

  /** All versions of a package. */
  async packument(name: string, signal?: AbortSignal): Promise<Packument> {
    const answer = await this.#cached(registryOf(this.config, name), encoded(name), signal)
    if (!isObject(answer) || !isObject(answer.versions)) {
      throw new RegistryError('BAD_ANSWER', `The registry's answer for ${name} is not a package.`)
    }
    return answer as unknown as Packument
  }

  /** One version; much smaller than the packument. */
  async manifest(name: string, version: string, signal?: AbortSignal): Promise<Manifest> {
    const path = `${encoded(name)}/${encodeURIComponent(version)}`
    const answer = await this.#cached(registryOf(this.config, name), path, signal)
    if (!isObject(answer)) throw new RegistryError('BAD_ANSWER', `The registry's answer for ${name} is bad.`)
    return answer as Manifest
  }

  /** @throws RegistryError `UNSUPPORTED` when this registry has no search */
  async search(text: string, size: number, signal?: AbortSignal): Promise<SearchObject[]> {
    const query = new URLSearchParams({ text, size: String(size) })
    try {
      const answer = await this.#get(this.config.main, `-/v1/search?${query}`, signal)
      if (isObject(answer) && Array.isArray(answer.objects)) return answer.objects as SearchObject[]
    } catch (error) {
      if (!(error instanceof RegistryError) || error.trouble !== 'NOT_FOUND') throw error
    }
    throw new RegistryError('UNSUPPORTED', 'This registry has no search.')
  }

  /** @param installed versions by package name */
  async advisories(installed: Record<string, string[]>, signal?: AbortSignal): Promise<AdvisoryAnswer> {
    const answer = await this.#send(this.config.main, '-/npm/v1/security/advisories/bulk', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(installed),
      ...(signal ? { signal } : {}),
    })
    if (!isObject(answer)) throw new RegistryError('BAD_ANSWER', 'The registry gave no list of advisories.')
    return answer as AdvisoryAnswer
  }

  #cached(registry: Registry, path: string, signal?: AbortSignal): Promise<unknown> {
    const key = registry.url + path
    const known = this.#cache.get(key)
    if (known && performance.now() - known.at < FRESH_MS) return known.answer
    const answer = this.#get(registry, path, signal)
    this.#cache.delete(key)
    this.#cache.set(key, { at: performance.now(), answer })
    answer.catch(() => this.#cache.delete(key))
    if (this.#cache.size > CACHED) this.#cache.delete(this.#cache.keys().next().value as string)
    return answer
  }

  #get(registry: Registry, path: string, signal?: AbortSignal): Promise<unknown> {
    return this.#send(registry, path, signal ? { signal } : {})
  }

  async #send(registry: Registry, path: string, init: RequestInit): Promise<unknown> {
    const headers = new Headers(init.headers)
    headers.set('accept', 'application/json')
    if (registry.authorization) headers.set('authorization', registry.authorization)
    const timeout = AbortSignal.timeout(TIMEOUT_MS)
    const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout
    let response: Response
    try {
      response = await fetch(registry.url + path, { ...init, headers, signal })
    } catch (error) {
      init.signal?.throwIfAborted()
      throw new RegistryError('UNREACHABLE', 'The registry cannot be reached.', { cause: error })
    }
    if (!response.ok) {
      await response.body?.cancel()
      throw troubleOf(response.status)
    }
    return readJson(response)
  }
}

function troubleOf(status: number): RegistryError {
  if (status === 401 || status === 403) {
    return new RegistryError('UNAUTHORIZED', 'The registry refuses access: a token is missing or not valid.')
  }
  if (status === 404) return new RegistryError('NOT_FOUND', 'The registry has no such package.')
  if (status === 405 || status === 501)
    return new RegistryError('UNSUPPORTED', 'This registry does not offer it.')
  return new RegistryError('UNREACHABLE', `The registry answered ${status}.`)
}

async function readJson(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of response.body ?? []) {
      size += chunk.length
      if (size > BODY_LIMIT) throw new RegistryError('BAD_ANSWER', "The registry's answer is too large.")
      chunks.push(chunk)
    }
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch (error) {
    if (error instanceof RegistryError) throw error
    if (error instanceof SyntaxError) {
      throw new RegistryError('BAD_ANSWER', "The registry's answer is not JSON.", { cause: error })
    }
    throw new RegistryError('UNREACHABLE', 'The registry broke off its answer.', { cause: error })
  }
}

function encoded(name: string): string {
  return name.startsWith('@') ? `@${encodeURIComponent(name.slice(1))}` : encodeURIComponent(name)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
