import { z } from 'zod'

/** Characters of an appid: no look-alikes, and a letter first so that it is a valid host label. */
export const APPID_ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz'

export const appidSchema = z.string().regex(/^[a-hj-km-np-z][2-9a-hj-km-np-z]{5}$/, 'not an appid')
export type Appid = z.infer<typeof appidSchema>

/**
 * A fresh appid: 6 characters, the first a letter.
 * @param randomBytes at least 6 bytes of cryptographic randomness for `n` = 6
 */
export function appidFrom(randomBytes: Uint8Array): Appid {
  if (randomBytes.length < 6) throw new RangeError('appidFrom needs 6 random bytes')
  const letters = APPID_ALPHABET.slice(8)
  let id = letters[randomBytes[0]! % letters.length]!
  for (let i = 1; i < 6; i++) id += APPID_ALPHABET[randomBytes[i]! % APPID_ALPHABET.length]
  return id
}

export const FUNCTION_NAME_MAX = 128

/**
 * A function's path-like name: segments of letters, digits, `_` and `-`, joined by single slashes.
 * No dots, so `..` cannot be written, but `.test` at the end: that is a file of tests, which is never published.
 * Segments of the form `__x__` are Lathe's special functions.
 */
export const functionNameSchema = z
  .string()
  .min(1)
  .max(FUNCTION_NAME_MAX)
  .regex(
    /^[A-Za-z0-9_][A-Za-z0-9_-]*(?:\/[A-Za-z0-9_][A-Za-z0-9_-]*)*(?:\.test)?$/,
    'use letters, digits, - and _, and / for folders',
  )

/** Whether a name is that of a file of tests: it is edited and saved like a function, and has no address. */
export function isTestFile(name: string): boolean {
  return name.endsWith('.test')
}

export const teamIdSchema = z.string().min(1).max(64)
export const instanceIdSchema = z.string().regex(/^[a-z0-9-]{8,40}$/)
