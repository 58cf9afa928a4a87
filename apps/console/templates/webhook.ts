import { createHmac, timingSafeEqual } from 'node:crypto'
import cloud, { type FunctionContext } from '@lathe/cloud'

/** Set WEBHOOK_SECRET under Environment variables, and the same secret where the webhook is sent from (GitHub's way). */
export async function POST(ctx: FunctionContext) {
  const secret = cloud.env.WEBHOOK_SECRET
  if (!secret) return Response.json({ error: 'WEBHOOK_SECRET is not set' }, { status: 500 })
  // The signature is of the very bytes that were sent.
  const body = Buffer.from(await ctx.webRequest.arrayBuffer())
  const expected = Buffer.from(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`)
  const given = Buffer.from(ctx.headers['x-hub-signature-256'] ?? '')
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    return Response.json({ error: 'the signature is wrong' }, { status: 401 })
  }
  const event = JSON.parse(body.toString('utf8')) as { action?: string }
  console.log('webhook', event.action)
  return { received: event.action ?? null }
}
