import type { FunctionContext } from '@lathe/cloud'

const orders = new Map([['7', { id: '7', total: 12.5 }]])

/** One export per method; any other method is answered with 405. */
export function GET(ctx: FunctionContext) {
  const [id] = ctx.params
  if (id === undefined) return [...orders.values()]
  return orders.get(id) ?? Response.json({ error: 'no such order' }, { status: 404 })
}

export function POST(ctx: FunctionContext<{ total?: unknown }>) {
  const total = Number(ctx.body?.total)
  if (!Number.isFinite(total)) return Response.json({ error: 'total: a number' }, { status: 400 })
  const order = { id: crypto.randomUUID(), total }
  orders.set(order.id, order)
  return Response.json(order, { status: 201 })
}
