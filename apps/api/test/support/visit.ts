import { type IncomingHttpHeaders, request } from 'node:http'

export interface Visit {
  status: number
  headers: IncomingHttpHeaders
  text: string
}

/** Asks for a path of an app as a visitor does; its host goes into the header, so that no DNS is needed. */
export function visit(
  url: string,
  {
    method = 'GET',
    headers = {},
    body,
    host: asHost,
  }: { method?: string; headers?: Record<string, string>; body?: string | Buffer; host?: string } = {},
): Promise<Visit> {
  const { host, port, pathname, search } = new URL(url)
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port,
        method,
        path: pathname + search,
        headers: { ...headers, host: asHost ?? host },
        agent: false,
      },
      (incoming) => {
        let text = ''
        incoming.setEncoding('utf8')
        incoming.on('data', (chunk) => {
          text += chunk
        })
        incoming.on('end', () =>
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text }),
        )
        incoming.on('error', reject)
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}
