/**
 * An EventSource that asks by POST: tRPC's SSE client hands over a URL with the input in its query, and a source of
 * up to 1 MB does not fit one. The input travels as the JSON body, and the request carries `Origin` like every other
 * call that changes something. It never reconnects by itself: a run must not be executed twice; who needs to go on
 * (logs) subscribes anew.
 */
type Listener = (event: Event) => void

export class PostEventSource {
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static readonly CLOSED = 2
  readonly CONNECTING = 0
  readonly OPEN = 1
  readonly CLOSED = 2
  readyState: number = PostEventSource.CONNECTING
  readonly #events = new EventTarget()
  readonly #abort = new AbortController()

  constructor(url: string) {
    void this.#read(url).then(
      () => this.#fail(new Event('error')),
      (cause: unknown) => this.#fail(new ErrorEvent('error', { error: cause, message: String(cause) })),
    )
  }

  addEventListener(type: string, listener: Listener): void {
    this.#events.addEventListener(type, listener)
  }

  removeEventListener(type: string, listener: Listener): void {
    this.#events.removeEventListener(type, listener)
  }

  close(): void {
    this.readyState = PostEventSource.CLOSED
    this.#abort.abort()
  }

  async #read(url: string): Promise<void> {
    const at = new URL(url, location.href)
    const input = at.searchParams.get('input') ?? '{}'
    at.searchParams.delete('input')
    const response = await fetch(at, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: input,
      signal: this.#abort.signal,
    })
    if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
      throw new Error(`HTTP ${response.status}`)
    }
    this.readyState = PostEventSource.OPEN
    this.#events.dispatchEvent(new Event('open'))
    const once = /\/(runs\.execute|debug\.session)$/.test(at.pathname)
    const parse = sseParser(({ event, data, id }) => {
      // The server's wish that a quiet client reconnects would execute a run a second time, or debug nothing.
      const said = once && event === 'connected' ? '{}' : data
      this.#events.dispatchEvent(new MessageEvent(event, { data: said, lastEventId: id }))
    })
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) parse(text)
  }

  #fail(event: Event): void {
    if (this.readyState === PostEventSource.CLOSED) return
    this.readyState = PostEventSource.CLOSED
    this.#events.dispatchEvent(event)
  }
}

export interface SseMessage {
  event: string
  data: string
  id: string
}

/** A parser of an event stream (HTML Standard, 9.2.6) that takes text in pieces of any size. */
export function sseParser(emit: (message: SseMessage) => void): (text: string) => void {
  let rest = ''
  let event = ''
  let id = ''
  let data: string[] = []
  const line = (text: string) => {
    if (text === '') {
      if (data.length > 0) emit({ event: event || 'message', data: data.join('\n'), id })
      event = ''
      data = []
      return
    }
    const colon = text.indexOf(':')
    const field = colon < 0 ? text : text.slice(0, colon)
    const value = colon < 0 ? '' : text.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') event = value
    else if (field === 'data') data.push(value)
    else if (field === 'id') id = value
  }
  return (text) => {
    rest += text
    // A lone CR at the end may be the first half of CRLF: it waits for the next piece.
    const lines = rest.split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ''
    for (const one of lines) line(one)
  }
}
