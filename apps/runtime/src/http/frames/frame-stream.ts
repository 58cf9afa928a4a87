import { CREDIT_BATCH, FRAMES_WINDOW, Frame, MAX_OVERDRAFT, MAX_PAYLOAD, type Request } from '@lathe/wire'
import type { FrameConnection } from './frame-connection.ts'
import { FrameRequest } from './frame-request.ts'
import { FrameResponse } from './frame-response.ts'
import { StreamSocket } from './stream-socket.ts'

/** One request that came in frames, and its answer. */
export class FrameStream {
  readonly id: number
  readonly request: FrameRequest
  readonly response: FrameResponse
  readonly #connection: FrameConnection
  #socket: StreamSocket | null = null
  /** Bytes that the gateway takes at once. */
  #credit = FRAMES_WINDOW
  /** Bytes that came since the gateway was last given credit. */
  #taken = 0
  #answered = false
  /** What waits for credit, and where in the first of it the rest begins. */
  #waiting: Buffer[] = []
  #from = 0
  /** Called when more of the answer may be sent. */
  #onRoom: (() => void) | null = null
  /** The whole request has come. */
  #complete: boolean

  constructor(connection: FrameConnection, id: number, request: Request) {
    this.#connection = connection
    this.id = id
    this.#complete = !request.hasBody
    this.request = new FrameRequest(this, request)
    this.response = new FrameResponse(this.request, this)
    if (request.expectsContinue) this.response.writeContinue()
  }

  /** What Node's request and response see as their connection; most functions never look. */
  get socket(): StreamSocket {
    if (this.#socket === null) {
      this.#socket = new StreamSocket(this)
      this.response.attach(this.#socket)
      if (this.#answered) this.#socket.destroy()
    }
    return this.#socket
  }

  /** @returns false when it does not fit into one frame */
  answer(status: number, fields: string, body: string | Buffer): boolean {
    if (this.#answered || !this.#connection.writer.answer(this.id, status, fields, body))
      return this.#answered
    this.#over()
    return true
  }

  /** Sends bytes of an answer in HTTP/1.1. @param onRoom called when more may be sent, at once if it may */
  send(bytes: Buffer[], onRoom: () => void): void {
    if (this.#answered) {
      onRoom()
      return
    }
    this.#waiting = bytes
    this.#from = 0
    this.#onRoom = onRoom
    this.onDrain()
  }

  /** The answer in HTTP/1.1 is complete. */
  end(): void {
    if (this.#answered) return
    this.#connection.writer.signal(Frame.END, this.id)
    this.#over()
  }

  /** The answer breaks off. */
  reset(): void {
    if (this.#answered) return
    this.#complete = true
    this.#connection.writer.signal(Frame.RESET, this.id)
    this.#over()
  }

  /** The request's reader has room: lets the gateway send more. */
  giveCredit(): void {
    if (this.#taken < CREDIT_BATCH || this.#complete) return
    this.#connection.writer.number(Frame.CREDIT, this.id, this.#taken)
    this.#taken = 0
  }

  /** @returns false when more came than was allowed */
  onData(bytes: Buffer): boolean {
    this.#taken += bytes.length
    if (this.#complete || this.#taken > FRAMES_WINDOW + MAX_OVERDRAFT) return false
    if (bytes.length > 0 && this.request.receive(bytes)) this.giveCredit()
    return true
  }

  onEnd(): void {
    if (this.#complete) return
    this.#complete = true
    this.request.finish()
    if (this.#answered) this.#connection.forget(this)
  }

  /** The visitor is gone, or the gateway is. */
  onReset(): void {
    const answered = this.#answered
    this.#answered = true
    this.#complete = true
    this.#connection.forget(this)
    this.#release()
    if (answered) return
    const reason = Object.assign(new Error('aborted'), { code: 'ECONNRESET' })
    this.request.destroy(reason)
    this.socket.destroy()
  }

  onCredit(bytes: number): void {
    this.#credit += bytes
    this.onDrain()
  }

  onDrain(): void {
    while (this.#waiting.length > 0 && this.#credit > 0 && this.#connection.takesMore(this)) {
      const first = this.#waiting[0]!
      const part = first.subarray(this.#from, this.#from + Math.max(this.#credit, MAX_PAYLOAD))
      this.#from += part.length
      if (this.#from === first.length) {
        this.#waiting.shift()
        this.#from = 0
      }
      this.#credit -= part.length
      this.#connection.writer.data(this.id, part)
    }
    if (this.#waiting.length === 0) this.#release()
  }

  #release(): void {
    const onRoom = this.#onRoom
    this.#onRoom = null
    this.#waiting = []
    onRoom?.()
  }

  #over(): void {
    this.#answered = true
    if (this.#complete) this.#connection.forget(this)
  }
}
