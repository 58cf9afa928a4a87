import { isBuiltin } from 'node:module'
import type { PackageRequest } from '@lathe/shared'
import { validRange } from 'semver'
import { InstallError } from './install-error.ts'

const TAG = /^[a-zA-Z][a-zA-Z0-9._-]{0,63}$/

/**
 * Checks what the schema cannot: that a range is one, and that importing the name would not give a part of Node.
 * @throws InstallError
 */
export function checkRequests(requests: readonly PackageRequest[]): void {
  const seen = new Set<string>()
  for (const { name, range } of requests) {
    if (seen.has(name)) throw new InstallError('FAILED', `${name} is asked for twice.`)
    seen.add(name)
    if (isBuiltin(name)) {
      throw new InstallError(
        'PACKAGE_NOT_FOUND',
        `${name} is a part of Node: import it, there is nothing to add.`,
      )
    }
    if (validRange(range) === null && !TAG.test(range)) {
      throw new InstallError('VERSION_NOT_FOUND', `${range} is neither a version range nor a tag.`)
    }
  }
}
