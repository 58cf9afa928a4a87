import { appidSchema } from '@lathe/shared'
import { detached } from '../http/syntax.ts'

export type Place = { kind: 'console' } | { kind: 'app'; appid: string } | { kind: 'nowhere' }

const NOWHERE: Place = { kind: 'nowhere' }
const CONSOLE: Place = { kind: 'console' }
const REMEMBERED = 1_000

/** Decides by the Host field alone: the console, one app, or nothing. */
export class Hosts {
  readonly #console: HostPort
  readonly #apps: HostPort
  /** By the field as it came: the same few hosts come again and again. */
  readonly #known = new Map<string, Place>()

  /**
   * @param consoleHost the console's host, with :port where it is not 80
   * @param appsDomain what apps' hosts end with, likewise
   */
  constructor(consoleHost: string, appsDomain: string) {
    this.#console = split(consoleHost)
    this.#apps = split(appsDomain)
  }

  /** @param host a Host field; letter case does not matter, the port may be left out but not be another */
  find(host: string): Place {
    const known = this.#known.get(host)
    if (known) return known
    const place = this.#look(split(host.toLowerCase()))
    if (this.#known.size >= REMEMBERED) this.#known.clear()
    this.#known.set(detached(host), place)
    return place
  }

  #look({ name, port }: HostPort): Place {
    if (name === this.#console.name && samePort(port, this.#console.port)) return CONSOLE
    const suffix = `.${this.#apps.name}`
    if (!name.endsWith(suffix) || !samePort(port, this.#apps.port)) return NOWHERE
    const appid = name.slice(0, -suffix.length)
    return appidSchema.safeParse(appid).success ? { kind: 'app', appid } : NOWHERE
  }
}

interface HostPort {
  name: string
  port: string
}

function samePort(asked: string, ours: string): boolean {
  return asked === '' || asked === (ours || '80')
}

function split(host: string): HostPort {
  const colon = host.lastIndexOf(':')
  if (colon < 0 || host.endsWith(']') || host.endsWith(':')) return { name: host, port: '' }
  return { name: host.slice(0, colon), port: host.slice(colon + 1) }
}
