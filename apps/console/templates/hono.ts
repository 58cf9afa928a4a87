import { Hono } from 'hono'

/** A whole app with routes of its own, below the function's name. It needs the package hono. */
const app = new Hono()

app.get('/', (c) => c.json({ routes: ['GET /', 'GET /hello/:name', 'POST /echo'] }))
app.get('/hello/:name', (c) => c.json({ hello: c.req.param('name') }))
app.post('/echo', async (c) => c.json({ received: await c.req.json() }))

export default app
