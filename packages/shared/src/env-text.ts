/** Limits of an app's environment variables. Sizes in bytes of UTF-8, names and values together. */
export const envLimits = {
  variables: 200,
  nameChars: 128,
  totalBytes: 64_000,
  textBytes: 128_000,
} as const

/**
 * Stands for a secret's value wherever variables are written as text. Sent back unchanged, it keeps the value that is
 * stored.
 */
export const ENV_KEPT = '••••••••'

const reservedPrefixes = ['LATHE_', 'NODE_', 'LD_', 'DYLD_', 'UV_']
const reservedNames = new Set([
  'PATH',
  'HOME',
  'TMPDIR',
  'TMP',
  'TEMP',
  'IFS',
  'BASH_ENV',
  'OPENSSL_CONF',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
])

/** Names that mean something to the platform, to Node or to the system's loader, in any case of letters. */
export function isReservedEnvName(name: string): boolean {
  const upper = name.toUpperCase()
  if (reservedNames.has(upper) || reservedPrefixes.some((prefix) => upper.startsWith(prefix))) return true
  // `process.env.constructor` and its like are there already, in every object.
  return Object.hasOwn(Object.prototype, name)
}

/** Why a name cannot be given to a variable, as the end of a sentence that begins with it; null when it can. */
export function envNameProblem(name: string): string | null {
  if (name === '') return 'needs at least one character'
  if (name.length > envLimits.nameChars) return `is longer than ${envLimits.nameChars} characters`
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return 'is not a name: use letters, digits and _, and no digit first'
  }
  if (isReservedEnvName(name)) return 'is reserved'
  return null
}

/**
 * Variables as the text of an `.env` file, which `util.parseEnv` reads back to the same values. Secrets, and values
 * that cannot be written in such a file, stand there as `ENV_KEPT`.
 */
export function writeEnvText(variables: readonly { name: string; value: string | null }[]): string {
  return variables.map(({ name, value }) => `${name}=${written(value)}\n`).join('')
}

function written(value: string | null): string {
  if (value === null) return ENV_KEPT
  if (/^[\w./:@%+,=&?~-]*$/.test(value)) return value
  if (value.includes('\r')) return ENV_KEPT
  // Not double quotes first: within them, Node turns \n into a line break.
  const quote = ["'", '`', '"'].find((one) => !value.includes(one))
  if (quote === undefined || (quote === '"' && value.includes('\\'))) return ENV_KEPT
  return quote + value + quote
}
