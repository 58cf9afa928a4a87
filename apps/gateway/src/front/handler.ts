/** Whatever answers one request: the connection tells it what happens on the client's side. */
export interface RequestHandler {
  /** Bytes of the request's body; only after the handler asked by `readBody`. */
  onRequestBody(bytes: Buffer): void
  /** The client closed or reset its connection, or broke the protocol. */
  onClientGone(): void
  /** The client has taken what was written; more may be written. */
  onClientDrain(): void
  /** An app says that a request has made its runtime unusable. */
  onTimedOut(appid: string, requestId: string, functionName: string): void
  /** The gateway shuts down: end what would not end by itself. */
  onShutdown(): void
  /** Looks at its own deadlines. `now` is on the coarse clock. */
  check(now: number): void
}
