import { anyAccount } from '../../auth/accounts.ts'
import type { RequestContext } from '../../request-context.ts'

/** Whether the first account is still to be made. */
export async function setupStatus({ context }: RequestContext): Promise<{ needed: boolean }> {
  return { needed: !(await anyAccount(context.mongo)) }
}
