import { BlockList, isIP } from 'node:net'
import type { RequestHead } from '../http/request-head.ts'
import type { Peer } from './peer.ts'

const family = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4')

/** What stands before the gateway and is believed about whom it speaks for. Anybody else's `x-forwarded-*` is replaced. */
export class TrustedProxies {
  #list: BlockList | null = null

  /** @param entries addresses and networks (`10.0.0.0/8`), checked by the settings' schema */
  constructor(entries: string[]) {
    if (entries.length === 0) return
    this.#list = new BlockList()
    for (const entry of entries) {
      const [address = '', prefix] = entry.split('/')
      if (prefix === undefined) this.#list.addAddress(address, family(address))
      else this.#list.addSubnet(address, Number(prefix), family(address))
    }
  }

  /**
   * The lines that say who asks. From a trusted proxy that is the last address in its `x-forwarded-for` that is none of the
   * proxies' own: those before it were written by whoever asks.
   */
  forwarded(peer: Peer, head: RequestHead): string {
    if (!this.#list || !this.#trusts(peer.address)) return peer.forwarded
    const proto = head.forwardedProto === 'https' ? 'https' : 'http'
    return `x-forwarded-for: ${this.#client(peer, head.forwardedFor)}\r\nx-forwarded-proto: ${proto}\r\n`
  }

  #client(peer: Peer, forwardedFor: string): string {
    let client = peer.address
    for (const hop of forwardedFor.split(',').toReversed()) {
      const address = plain(hop.trim())
      if (isIP(address) === 0) break
      client = address
      if (!this.#trusts(address)) break
    }
    return client
  }

  #trusts(address: string): boolean {
    return isIP(address) !== 0 && this.#list!.check(address, family(address))
  }
}

/** An IPv4 address out of its IPv6-mapped form. */
export function plain(address: string): string {
  return /^::ffff:[\d.]+$/i.test(address) ? address.slice(7) : address
}
