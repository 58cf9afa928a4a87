import { initTRPC, TRPCError } from '@trpc/server'
import { isAudited, recordCall } from '../audit/record.ts'
import { authorize } from '../auth/authorize.ts'
import { Refusal } from '../refusal.ts'
import type { RequestContext } from '../request-context.ts'
import { publicError, toTrpcError } from './error-adapter.ts'
import { whileAllowed } from './while-allowed.ts'

const t = initTRPC.context<RequestContext>().create({
  errorFormatter({ shape, error, ctx }) {
    const { reason, details, message } = publicError(error, ctx?.requestId ?? 'unknown')
    const { stack: _, ...data } = shape.data
    return { ...shape, message, data: { ...data, reason, details } }
  },
  // Pings keep proxies from closing a quiet stream, and let a client notice a dead one.
  sse: { ping: { enabled: true, intervalMs: 5_000 }, client: { reconnectAfterInactivityMs: 15_000 } },
})

/** Turns the refusals of verbs into tRPC's errors. What nobody foresaw stays as it is, and is logged by the server. */
const errors = t.middleware(async ({ next }) => {
  const result = await next()
  if (!result.ok && result.error.cause instanceof Refusal) throw toTrpcError(result.error.cause)
  return result
})

/** Lets through what the permission matrix allows: nothing else decides about it, and nothing goes around it. */
const authorized = t.middleware(async ({ ctx, path, type, getRawInput, next }) => {
  const signed = await authorize(ctx, path, getRawInput, type !== 'query')
  const result = await next({ ctx: signed })
  if (type === 'mutation' && isAudited(path)) {
    const outcome = outcomeOf(result)
    await recordCall(signed, path, await getRawInput(), outcome, result.ok ? result.data : null)
  }
  if (type !== 'subscription' || !result.ok) return result
  const check = async () => authorize({ ...ctx, caller: await ctx.resolveCaller() }, path, getRawInput, true)
  const events = whileAllowed(result.data as AsyncIterable<unknown>, ctx.context.changes, check)
  return { ...result, data: streamErrors(events) }
})

function outcomeOf(result: { ok: true } | { ok: false; error: TRPCError }): string {
  if (result.ok) return 'ok'
  const { cause, code } = result.error
  if (cause instanceof Refusal) return cause.reason
  return code === 'BAD_REQUEST' ? 'INVALID_INPUT' : 'INTERNAL'
}

export const router = t.router
export const openProcedure = t.procedure.use(errors)
export const procedure = openProcedure.use(authorized)

/** Errors inside a running subscription do not pass through middleware: this does for them what `errors` does. */
export async function* streamErrors<T>(events: AsyncIterable<T>): AsyncGenerator<T, void> {
  try {
    yield* events
  } catch (error) {
    if (error instanceof Refusal) throw toTrpcError(error)
    if (error instanceof TRPCError) throw error
    throw new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: error })
  }
}
