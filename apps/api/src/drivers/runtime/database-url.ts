import type { ApiEnv } from '@lathe/shared'

/**
 * The address of a database as a runtime gets it. The embedded database listens on loopback, which in a container is
 * another: its socket is meant instead.
 */
export function databaseUrlInRuntime(
  { LATHE_RUNTIME_DRIVER: driver, LATHE_DATABASE_SOCKET: socket }: ApiEnv,
  url: string,
): string {
  if (driver !== 'docker' || !socket) return url
  const inContainer = url.replace(/@[^/?]+/, `@${encodeURIComponent(socket)}`)
  return `${inContainer}${inContainer.includes('?') ? '&' : '?'}directConnection=true`
}
