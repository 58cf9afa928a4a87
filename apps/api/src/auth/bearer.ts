/** The token of an `Authorization: Bearer` header (RFC 6750), or null. */
export function bearerToken(authorization: string | null | undefined): string | null {
  const match = /^Bearer +([\w.~+/=-]+) *$/i.exec(authorization ?? '')
  return match?.[1] ?? null
}
