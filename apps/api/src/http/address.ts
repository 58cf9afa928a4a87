import type { FastifyRequest } from 'fastify'

/** Network address of who asks. The gateway says it, and replaces what anybody else says. */
export function addressOf({ headers }: FastifyRequest): string {
  return String(headers['x-forwarded-for'] ?? '')
}
