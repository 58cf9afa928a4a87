import { hkdfSync } from 'node:crypto'

/** A secret of one purpose, derived (HKDF-SHA-256, RFC 5869) from the master key: 32 bytes as hex. */
export function derivedSecret(masterKey: string, purpose: string): string {
  return Buffer.from(hkdfSync('sha256', masterKey, 'lathe', purpose, 32)).toString('hex')
}
