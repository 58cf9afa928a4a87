import { sha256 } from '../hash.ts'
import type { GuessLimit } from './guesses.ts'

/** One person who mistypes stays below it; NIST SP 800-63B, 3.2.2, allows 100. */
const PER_ACCOUNT_AND_ADDRESS = 20
/** Above the last, so that a stranger's guesses do not lock an account's owner out at once. */
const PER_ACCOUNT = 100
/** A whole office may share an address. */
const PER_ADDRESS = 100

/**
 * What a guess at an account's secret counts against. It depends on the address that was typed and not on whether there
 * is such an account.
 * @param address network address of who guesses
 */
export function limitsOfAccount(email: string, address: string): GuessLimit[] {
  const account = sha256(email.toLowerCase())
  const network = networkOf(address)
  return [
    { key: `account:${account}:${network}`, max: PER_ACCOUNT_AND_ADDRESS },
    { key: `account:${account}`, max: PER_ACCOUNT },
    { key: `address:${network}`, max: PER_ADDRESS },
  ]
}

/** Mails of one kind to one address, and those that one address asks for: all count, wanted or not. */
const MAILS_PER_ACCOUNT = 3
const MAILS_PER_ADDRESS = 30

/** What asking for a mail to somebody counts against. */
export function limitsOfMail(email: string, address: string): GuessLimit[] {
  return [
    { key: `mail:${sha256(email.toLowerCase())}`, max: MAILS_PER_ACCOUNT },
    { key: `mail-address:${networkOf(address)}`, max: MAILS_PER_ADDRESS },
  ]
}

/** An IPv4 address, or the /64 of an IPv6 one: whoever has one of those has all of its addresses. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail] = address.toLowerCase().split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':'))
  const before = groups(head)
  const after = groups(tail ?? '')
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0')
  const all = [...before, ...(tail === undefined ? [] : zeros), ...after]
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
