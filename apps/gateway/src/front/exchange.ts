import { GatewayError, problems } from '../http/errors.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { Backend, Hold } from '../routes/backend.ts'
import type { OutgoingRequest, UpstreamCall, UpstreamOwner } from '../upstream/upstream-call.ts'
import { UpstreamPool } from '../upstream/upstream-pool.ts'
import { errorAnswer } from './answer.ts'
import type { ClientConnection } from './client-connection.ts'
import { corsFields } from './cors.ts'
import type { RequestHandler } from './handler.ts'
import { type DrainListener, type Progress, ResponseRelay } from './response-relay.ts'
import { startTunnel } from './tunnel.ts'

/** A request whose upstream went away without an answer is sent once more and no further: it may be what ended it. */
const MAX_SENDS = 2
/** So often an upstream may say that it has not looked at the request. */
const MAX_UNSERVED = 10
const CONNECT_MS = 5_000
/** A body up to here is kept until its answer comes. */
const KEPT_BODY_BYTES = 64 * 1024

type Phase = 'waiting' | 'sent' | 'done'

/** One request on its way to an upstream, and the answer on its way back. */
export class Exchange implements RequestHandler, UpstreamOwner, DrainListener {
  readonly #client: ClientConnection
  readonly #head: RequestHead
  readonly #locate: () => Backend | GatewayError
  readonly #requestId: string
  readonly #startedAt = performance.now()
  #backend: Backend | null = null
  #upstream: UpstreamCall | null = null
  #relay: ResponseRelay | null = null
  #phase: Phase = 'waiting'
  #sends = 0
  #unserved = 0
  #freshOnly = false
  /** What was passed on of the request's body, should the upstream leave it unserved; null when it is too much. */
  #kept: Buffer[] | null = []
  #keptBytes = 0
  /** On the coarse clock, since when the upstream owes us something. */
  #silentSince = 0
  #holdSince = 0
  #timer: NodeJS.Timeout | null = null
  #wake: (() => void) | null = null

  /** @param locate asked anew at every attempt: routes change while a request waits */
  constructor(client: ClientConnection, head: RequestHead, locate: () => Backend | GatewayError) {
    this.#client = client
    this.#head = head
    this.#locate = locate
    this.#requestId = client.context.nextRequestId()
  }

  start(): void {
    this.#client.context.inFlight++
    this.#attempt()
  }

  onRequestBody(bytes: Buffer): void {
    this.#silentSince = this.#client.context.now
    this.#keptBytes += bytes.length
    if (this.#keptBytes > KEPT_BODY_BYTES) this.#kept = null
    else this.#kept!.push(bytes)
    if (this.#upstream && !this.#upstream.write(bytes)) this.#client.pauseBody()
  }

  onClientGone(): void {
    if (this.#phase !== 'done') this.#end(this.#relay?.response?.status ?? 0)
  }

  onClientDrain(): void {
    const compression = this.#relay?.compression
    if (compression) compression.resume()
    else this.#upstream?.resume()
  }

  onCompressionDrain(): void {
    this.#upstream?.resume()
  }

  onTimedOut(appid: string, requestId: string, functionName: string): void {
    if (this.#requestId !== requestId || this.#backend?.appid !== appid || this.#phase !== 'sent') return
    if (this.#relay!.response) this.#break()
    else this.#answer(problems.timedOut(functionName))
  }

  onShutdown(): void {
    if (this.#phase === 'waiting') this.#answer(problems.draining())
    else if (this.#relay?.response?.endless) this.#break()
  }

  check(now: number): void {
    const silentMs = now - this.#silentSince
    if (!this.#upstream || this.#relay?.begun || !this.#client.bodyDone) return
    if (this.#phase === 'waiting' && silentMs >= CONNECT_MS) {
      this.#upstream.destroy()
      this.onUpstreamClosed()
    } else if (this.#phase === 'sent' && silentMs >= this.#client.context.limits.upstreamSilenceMs) {
      this.#answer(problems.silent(this.#label))
    }
  }

  onUpstreamOpen(): void {
    // Its route went away while it connected: nothing new may begin there.
    if (this.#upstream?.pool.retired) {
      this.#upstream.destroy()
      this.#attempt()
    } else {
      this.#send()
    }
  }

  onUpstreamData(bytes: Buffer): void {
    this.#follow(this.#relay!.feed(bytes))
  }

  onUpstreamAnswer(status: number, fields: string, body: Buffer): void {
    this.#follow(this.#relay!.answer(status, fields, body))
  }

  #follow(progress: Progress): void {
    const relay = this.#relay!
    switch (progress) {
      case 'more':
        if (relay.blocked) this.#upstream!.pause()
        break
      case 'done':
        this.#complete()
        break
      case 'tunnel':
        this.#tunnel()
        break
      case 'broken':
        if (relay.response) this.#break()
        else this.#answer(problems.broken(this.#label))
    }
  }

  onUpstreamDrain(): void {
    if (this.#head.bodyLength !== 0) this.#client.readBody()
  }

  onUpstreamClosed(): void {
    const { pool, reused } = this.#upstream!
    this.#upstream = null
    if (this.#phase === 'waiting') {
      this.#backend!.reportDown(pool)
      this.#attempt()
    } else if (this.#relay!.endsByClose()) {
      this.#complete()
    } else if (this.#relay!.response) {
      this.#break()
    } else if (this.#relay!.begun) {
      this.#answer(problems.broken(this.#label))
    } else {
      if (!reused || !this.#replayable) this.#backend!.reportDown(pool)
      this.#freshOnly = true
      if (this.#replayable && this.#sends < MAX_SENDS) this.#attempt()
      else this.#answer(problems.unavailable(this.#label))
    }
  }

  onUpstreamEnd(): void {
    this.#upstream = null
    if (this.#relay!.endsByClose()) this.#complete()
    else if (this.#relay!.response) this.#break()
    else this.#answer(problems.broken(this.#label))
  }

  onUpstreamReset(): void {
    this.#upstream = null
    if (this.#relay!.response) this.#break()
    else this.#answer(problems.unavailable(this.#label))
  }

  onUpstreamUnserved(): void {
    this.#upstream = null
    this.#sends--
    if (this.#kept && ++this.#unserved <= MAX_UNSERVED) this.#attempt()
    else this.#answer(problems.unavailable(this.#label))
  }

  get #label(): string {
    return this.#backend?.label ?? 'The app'
  }

  /** Sending it twice does no harm, and nothing of its body is lost (RFC 9110, 9.2.2). */
  get #replayable(): boolean {
    return (this.#head.method === 'GET' || this.#head.method === 'HEAD') && this.#head.bodyLength === 0
  }

  #attempt(): void {
    this.#stopWaiting()
    this.#phase = 'waiting'
    const backend = this.#locate()
    if (backend instanceof GatewayError) {
      this.#answer(backend)
      return
    }
    const refused = backend === this.#backend ? null : this.#enter(backend)
    if (refused) {
      this.#answer(refused)
      return
    }
    const to = backend.resolve()
    if (to instanceof UpstreamPool) this.#connect(to)
    else if (to.kind === 'refuse') this.#answer(to.error)
    else this.#hold(backend, to)
  }

  #enter(backend: Backend): GatewayError | null {
    if (this.#backend) this.#backend.inFlight--
    this.#backend = null
    const refused = backend.admit()
    if (refused) return refused
    backend.inFlight++
    this.#backend = backend
    return null
  }

  #connect(pool: UpstreamPool): void {
    const open = pool.take(this, this.#head, this.#freshOnly)
    this.#silentSince = this.#client.context.now
    this.#upstream = open ?? pool.connect(this, this.#head)
    if (open) this.#send()
  }

  #hold(backend: Backend, hold: Hold): void {
    const now = performance.now()
    this.#holdSince ||= now
    const left = hold.maxMs - (now - this.#holdSince)
    if (left <= 0) {
      this.#answer(hold.error)
      return
    }
    this.#wake = () => this.#attempt()
    backend.waiters.add(this.#wake)
    this.#timer = setTimeout(this.#wake, Math.min(left, hold.pollMs ?? left))
  }

  #stopWaiting(): void {
    if (!this.#wake) return
    clearTimeout(this.#timer!)
    this.#backend!.waiters.delete(this.#wake)
    this.#wake = null
  }

  #send(): void {
    const upstream = this.#upstream!
    this.#phase = 'sent'
    this.#sends++
    this.#silentSince = this.#client.context.now
    this.#relay = new ResponseRelay({
      client: this.#client,
      request: this.#head,
      requestId: this.#requestId,
      cors: this.#backend!.cors,
      drains: this,
    })
    if (this.#head.bodyLength === 0) {
      upstream.begin(this.#outgoing())
      return
    }
    upstream.cork()
    upstream.begin(this.#outgoing())
    for (const bytes of this.#kept ?? []) upstream.write(bytes)
    this.#client.readBody()
    upstream.uncork()
  }

  /** The run token passes only from this machine, where the api is; the runtime verifies it in any case. */
  #outgoing(): OutgoingRequest {
    const { context, peer } = this.#client
    return {
      head: this.#head,
      forwarded: `${context.proxies.forwarded(peer, this.#head)}x-forwarded-host: ${this.#head.host}\r\n`,
      requestId: this.#requestId,
      runToken: peer.thisMachine ? this.#head.runToken : null,
    }
  }

  #complete(): void {
    const { response, excess, keepAlive, compression } = this.#relay!
    const upstream = this.#upstream
    this.#upstream = null
    if (upstream && response!.keepAlive && !excess && this.#client.bodyDone) {
      if (this.#relay!.blocked) upstream.resume()
      upstream.release(response!.idleSeconds, this.#client.context.now)
    } else {
      upstream?.destroy()
    }
    const finish = () => {
      this.#end(response!.status)
      this.#client.finish(keepAlive)
    }
    if (compression) compression.end(finish)
    else finish()
  }

  #tunnel(): void {
    const upstream = this.#upstream!
    this.#upstream = null
    this.#end(101)
    startTunnel(this.#client.socket, upstream, this.#client.detach(), this.#client.context.limits.lingerMs)
  }

  /** The answer has begun and cannot be completed. */
  #break(): void {
    this.#end(this.#relay!.response!.status)
    this.#client.abort()
  }

  #answer(error: GatewayError): void {
    const keepAlive = this.#head.keepAlive && !this.#client.context.draining
    this.#end(error.status)
    const cors = this.#backend?.cors
    this.#client.write(
      errorAnswer(error, this.#requestId, {
        close: !keepAlive,
        head: this.#head.method === 'HEAD',
        ...(cors ? { fields: corsFields(cors, this.#head) } : {}),
      }),
    )
    this.#client.finish(keepAlive)
  }

  /** Lets everything go, once. */
  #end(status: number): void {
    this.#stopWaiting()
    this.#phase = 'done'
    this.#upstream?.destroy()
    this.#upstream = null
    this.#relay?.compression?.destroy()
    const { context } = this.#client
    context.inFlight--
    if (this.#backend) this.#backend.inFlight--
    context.accessLog({
      requestId: this.#requestId,
      method: this.#head.method,
      host: this.#head.host,
      target: this.#head.target,
      appid: this.#backend?.appid ?? null,
      status,
      startedAt: this.#startedAt,
    })
  }
}
