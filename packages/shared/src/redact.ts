export const recordedLimits = {
  /** Longer bodies are left out: a cut one could be neither redacted nor sent again. */
  bodyBytes: 16 * 1024,
  queryChars: 2_048,
  headerChars: 1_024,
} as const

export const REDACTED = '[redacted]'

/** Says who somebody is, or proves it. Words of a name are told apart by case, `-`, `_` and `.`. */
const SECRET_WORDS =
  /(?:^|[-_.])(?:auth|authorization|bearer|cookie|credentials?|csrf|cvc|cvv|jwt|key|nonce|otp|passcode|passwd|password|passphrase|pin|pwd|secret|session|sid|sig|signature|token|xsrf)s?(?:$|[-_.])/
const SECRET_ANYWHERE = /(?:apikey|authoriz|credential|passw|secret|token|cookie)/

/** Whether what goes by this name (of a header, a parameter or a field) is not to be kept. */
export function isSecretName(name: string): boolean {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase()
  return SECRET_WORDS.test(words) || SECRET_ANYWHERE.test(words.replace(/[-_.]/g, ''))
}

/** A query or a form with the values of secret names replaced; what is no pair stays. */
export function redactPairs(text: string): string {
  return text
    .split('&')
    .map((pair) => {
      const at = pair.indexOf('=')
      if (at < 0) return pair
      const name = pair.slice(0, at)
      return isSecretName(decoded(name)) ? `${name}=${encodeURIComponent(REDACTED)}` : pair
    })
    .join('&')
}

/** JSON with the values of secret names replaced, at any depth. @throws SyntaxError when it is no JSON */
export function redactJson(text: string): string {
  let found = false
  const value = JSON.parse(text, (name, value) => {
    if (name === '' || !isSecretName(name) || value === null || typeof value === 'boolean') return value
    found = true
    return REDACTED
  })
  // Untouched, it stays as it was written, numbers beyond JavaScript's included.
  return found ? JSON.stringify(value) : text
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
