import type { RequestContext } from '../../request-context.ts'

/** Whether the first account is still to be made. */
export async function setupStatus(request: RequestContext): Promise<{ needed: boolean }> {
  throw new Error('not yet')
}
