import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export const PUBLIC_REGISTRY = 'https://registry.npmjs.org/'

/** One registry and what it is told about who asks. */
export interface Registry {
  /** Ends with a slash. */
  url: string
  /** `Authorization` header; null = anonymous. */
  authorization: string | null
}

/** Which registry serves which packages: npm's own rules, a registry per scope and one for the rest. */
export interface RegistryConfig {
  main: Registry
  /** By scope, with the `@`. */
  scopes: ReadonlyMap<string, Registry>
  /** Lines of .npmrc for the package manager that say the same, and how to get through to the network. */
  npmrc: string
}

/** A registry that a team has set. */
export interface TeamRegistry {
  scope: string | null
  url: string
  token: string | null
}

/** Settings of the network that an operator's .npmrc may hold and the package manager shall have too. */
const NETWORK_KEYS = ['cafile', 'ca', 'strict-ssl', 'proxy', 'https-proxy', 'noproxy']

/**
 * The registries for one team: its own settings, over LATHE_REGISTRY, over the user's .npmrc, over npm's default.
 * Tokens follow .npmrc: they belong to an address (`//host/path/:_authToken`), not to a scope.
 * @param userNpmrc text of the operator's .npmrc
 */
export function registryConfig(
  userNpmrc: string,
  env: NodeJS.ProcessEnv,
  mainUrl: string | undefined,
  team: readonly TeamRegistry[] = [],
): RegistryConfig {
  const user = parseNpmrc(userNpmrc, env)
  const tokens = new Map<string, string>()
  for (const { url, token } of team) if (token) tokens.set(addressOf(withSlash(url)), `Bearer ${token}`)
  const registry = (url: string): Registry => {
    const normal = withSlash(url)
    return {
      url: normal,
      authorization: tokens.get(addressOf(normal)) ?? authorizationFor(user, addressOf(normal)),
    }
  }
  const scopes = new Map<string, Registry>()
  for (const [key, value] of user) {
    if (/^@[^:]+:registry$/.test(key)) scopes.set(key.slice(0, -':registry'.length), registry(value))
  }
  for (const { scope, url } of team) if (scope !== null) scopes.set(scope, registry(url))
  const teamMain = team.find(({ scope }) => scope === null)?.url
  const main = registry(teamMain ?? mainUrl ?? user.get('registry') ?? PUBLIC_REGISTRY)
  return { main, scopes, npmrc: npmrcText(main, scopes, user) }
}

/** The operator's .npmrc; empty when there is none. */
export async function readUserNpmrc(home: string | undefined): Promise<string> {
  return home ? readFile(join(home, '.npmrc'), 'utf8').catch(() => '') : ''
}

export function registryOf(config: RegistryConfig, name: string): Registry {
  const scope = name.startsWith('@') ? name.slice(0, name.indexOf('/')) : null
  return (scope !== null ? config.scopes.get(scope) : undefined) ?? config.main
}

/** `key=value` lines, comments with # or ;, `${NAME}` from the environment as npm does. */
function parseNpmrc(text: string, env: NodeJS.ProcessEnv): Map<string, string> {
  const found = new Map<string, string>()
  for (const line of text.split('\n')) {
    const match = /^\s*([^#;=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line)
    if (!match) continue
    const [, key, raw] = match as unknown as [string, string, string]
    const value = raw.replace(/^(["'])(.*)\1$/, '$2')
    found.set(
      key,
      value.replace(/\$\{([^}]+)\}/g, (whole, name: string) => env[name] ?? whole),
    )
  }
  return found
}

function authorizationFor(user: ReadonlyMap<string, string>, address: string): string | null {
  // The nearest path wins, as in npm: //host/a/b/, //host/a/, //host/
  for (let path = address; path.length > 3; path = path.replace(/[^/]+\/$/, '')) {
    const token = user.get(`${path}:_authToken`)
    if (token) return `Bearer ${token}`
    const basic = user.get(`${path}:_auth`)
    if (basic) return `Basic ${basic}`
    const name = user.get(`${path}:username`)
    const password = user.get(`${path}:_password`)
    if (name && password) {
      const plain = Buffer.from(password, 'base64').toString()
      return `Basic ${Buffer.from(`${name}:${plain}`).toString('base64')}`
    }
    if (!/[^/]+\/$/.test(path)) break
  }
  return null
}

function npmrcText(main: Registry, scopes: ReadonlyMap<string, Registry>, user: Map<string, string>): string {
  const lines = [`registry=${main.url}`]
  for (const [scope, { url }] of scopes) lines.push(`${scope}:registry=${url}`)
  const auth = new Map<string, string>()
  for (const { url, authorization } of [main, ...scopes.values()]) {
    if (authorization) auth.set(addressOf(url), authorization)
  }
  for (const [address, authorization] of auth) {
    const [kind, secret] = authorization.split(' ') as [string, string]
    lines.push(`${address}:${kind === 'Bearer' ? '_authToken' : '_auth'}=${secret}`)
  }
  for (const key of NETWORK_KEYS) {
    const value = user.get(key)
    if (value) lines.push(`${key}=${value}`)
  }
  return `${lines.join('\n')}\n`
}

/** `//host:port/path/`, under which .npmrc keeps what belongs to a registry. */
function addressOf(url: string): string {
  return url.replace(/^https?:/, '')
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`
}
