import type { InstallFailure } from '@lathe/shared'
import { InstallError } from './install-error.ts'
import type { PnpmExit } from './pnpm.ts'

/** In order: the first that fits pnpm's error code or text decides. `what` is a package, or words in its place. */
const KINDS: [
  pattern: RegExp,
  failure: InstallFailure,
  message: (what: string | null, registry: string) => string,
][] = [
  [/ENOSPC|No space left on device/i, 'DISK_FULL', () => 'There is no space left on the disk.'],
  [
    /archive is larger than pnpm accepts/,
    'PACKAGE_TOO_LARGE',
    (what) => `${what ?? 'A package'} unpacks to more than one package may have.`,
  ],
  [
    /ERR_PNPM_FETCH_40[13]|Unauthorized - 401|Forbidden - 403/,
    'REGISTRY_UNAUTHORIZED',
    (what) => `The registry refuses ${what ?? 'access'}: a token is missing or not valid.`,
  ],
  [
    /INTEGRITY|integrity check|verify the integrity|checksum/i,
    'INTEGRITY',
    (what) =>
      `What the registry sent for ${what ?? 'a package'} is not what it promised: the checksum differs.`,
  ],
  [
    /EXOTIC|GIT_RESOLVE|git dependency|@(?:git|file|link|github|https?|workspace|catalog)[+:]/,
    'EXOTIC_DEPENDENCY',
    (what) =>
      `${what ?? 'A package'} does not come from a registry: git, paths and addresses are not allowed.`,
  ],
  [
    /ERR_PNPM_FETCH_404|Not Found - 404/,
    'PACKAGE_NOT_FOUND',
    (what, registry) => `There is no package ${what ?? 'of this name'} at ${registry}.`,
  ],
  [
    /NO_MATCHING_VERSION|NO_VERSIONS|No matching version/,
    'VERSION_NOT_FOUND',
    (what) => `There is no version ${what ?? 'like this'}.`,
  ],
  [
    /NETWORK_ERROR|META_FETCH_FAIL|error sending request|offline mode|ECONN|ENOTFOUND|EAI_AGAIN|timed out|FETCH_5\d\d|- 5\d\d/i,
    'REGISTRY_UNREACHABLE',
    (_what, registry) => `The registry ${registry} cannot be reached.`,
  ],
  [
    /LIFECYCLE|exited with exit status/,
    'SCRIPT_FAILED',
    (what) => `The install script of ${what ?? 'a package'} failed.`,
  ],
  [
    /gzip|tar entry|tar archive|\btar\b|unpack/i,
    'BAD_PACKAGE',
    (what) => `${what ?? 'A package'} cannot be unpacked: its archive is broken or leaves its folder.`,
  ],
]

/**
 * What a person is told when pnpm gave up.
 * @param pending packages that were being fetched then
 */
export function pnpmFailure(exit: PnpmExit, registryUrl: string, pending: readonly string[]): InstallError {
  const text = exit.error ? `${exit.error.code} ${exit.error.message}` : exit.stderr
  const what = packageIn(text) ?? (pending.length === 1 ? pending[0]! : null)
  const cause = new Error(text.slice(0, 4_000))
  for (const [pattern, failure, message] of KINDS) {
    if (pattern.test(text)) return new InstallError(failure, message(what, registryUrl), { cause })
  }
  return new InstallError('FAILED', `The install failed: ${text.slice(0, 300) || `exit code ${exit.code}`}`, {
    cause,
  })
}

/** The package that an error speaks of, as `name@range`. */
function packageIn(text: string): string | null {
  const resolved = /Failed to resolve ((?:@[^/\s]+\/)?[^@\s]+@\S+)/.exec(text)?.[1]
  if (resolved !== undefined) return resolved
  const archive = /\/((?:@[^/\s]+\/)?[^/\s]+)\/-\/[^/\s]*?-(\d[^/\s]*)\.tgz/.exec(text)
  if (archive) return `${archive[1]}@${archive[2]}`
  return /: (\S+@\S+) (?:pre|post)?install:/.exec(text)?.[1] ?? null
}
