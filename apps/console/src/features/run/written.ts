import { emptyRequest, headersOf, type PanelRequest, toRunRequest } from './request.ts'

const quoted = (text: string) => `'${text.replace(/'/g, `'\\''`)}'`
/** A name in one of curl's forms: quotes and backslashes are escaped in it. */
const inForm = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`

/** The request as a curl command, quoted for a POSIX shell. Files are named: curl reads them where it runs. */
export function toCurl(url: string, request: PanelRequest): string {
  const { path, query, body, bodyEncoding, parts } = toRunRequest(request)
  const method = request.method === 'GET' ? [] : [`-X ${request.method}`]
  const head = ['curl', ...method, quoted(target(url, path, query))]
  for (const [name, value] of Object.entries(headersOf(request)))
    head.push(`-H ${quoted(`${name}: ${value}`)}`)
  for (const part of parts ?? []) {
    if ('value' in part) head.push(`--form-string ${quoted(`${part.name}=${part.value}`)}`)
    else {
      const type = part.type ? `;type=${part.type}` : ''
      head.push(`-F ${quoted(`${part.name}=@${inForm(part.fileName || 'file')}${type}`)}`)
    }
  }
  if (bodyEncoding === 'base64') head.push(`--data-binary ${quoted(`@${request.file?.fileName || 'file'}`)}`)
  else if (body) head.push(`--data-raw ${quoted(body)}`)
  return head.join(' ')
}

/** The request as a call of `fetch`. Files stand as variables for whoever pastes it. */
export function toFetch(url: string, request: PanelRequest): string {
  const { path, query, body, bodyEncoding, parts } = toRunRequest(request)
  const headers = headersOf(request)
  const options = [
    ...(request.method === emptyRequest.method ? [] : [`method: ${JSON.stringify(request.method)}`]),
    ...(Object.keys(headers).length > 0
      ? [`headers: ${JSON.stringify(headers, null, 2).replace(/\n/g, '\n  ')}`]
      : []),
    ...(parts || bodyEncoding === 'base64' ? [parts ? 'body: form' : 'body: file'] : []),
    ...(bodyEncoding !== 'base64' && body ? [`body: ${JSON.stringify(body)}`] : []),
  ]
  const form = (parts ?? []).map((part, index) =>
    'value' in part
      ? `form.append(${JSON.stringify(part.name)}, ${JSON.stringify(part.value)})\n`
      : `form.append(${JSON.stringify(part.name)}, file${index + 1}, ${JSON.stringify(part.fileName)})\n`,
  )
  const before = parts ? `const form = new FormData()\n${form.join('')}` : ''
  const init = options.length > 0 ? `, {\n  ${options.join(',\n  ')}\n}` : ''
  return `${before}await fetch(${JSON.stringify(target(url, path, query))}${init})`
}

function target(url: string, path: string | undefined, query: unknown): string {
  return `${url}${path ?? ''}${query ? `?${String(query)}` : ''}`
}
