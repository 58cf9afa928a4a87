/** A web-standard handler: what runs here runs on other platforms, too. */
export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    return Response.json({ method: request.method, pathname, query: Object.fromEntries(searchParams) })
  },
}
