import type { FunctionContext } from '@lathe/cloud'

const page = (content: string) =>
  new Response(`<!doctype html><meta charset="utf-8"><title>Contact</title>${content}`, {
    headers: { 'content-type': 'text/html; charset=utf-8' },
  })

/** What visitors write must never become part of the page's HTML. */
const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)

export function GET() {
  return page(`<form method="post">
    <label>Name <input name="name" required></label>
    <label>Message <textarea name="message" required></textarea></label>
    <button>Send</button>
  </form>`)
}

export function POST(ctx: FunctionContext<{ name?: string; message?: string }>) {
  const { name = '', message = '' } = ctx.body ?? {}
  if (!name || !message) return Response.json({ error: 'name and message are needed' }, { status: 400 })
  console.log('message from', name)
  return page(`<p>Thank you, ${escaped(name)}.</p>`)
}
