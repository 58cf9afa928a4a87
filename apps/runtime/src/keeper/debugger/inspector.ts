import { type InspectorNotification, Session } from 'node:inspector'

/** An inspector session on the main thread, from the keeper's: it goes on answering while the main thread is paused. */
export class Inspector {
  readonly #session = new Session()

  connect(): void {
    this.#session.connectToMainThread()
  }

  on<T>(event: string, listener: (params: T) => void): void {
    this.#session.on(event, ({ params }: InspectorNotification<T>) => listener(params))
  }

  /** @throws Error with V8's message */
  post<T = object>(method: string, params: object = {}): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#session.post(method, params, (error: Error | null, result?: object) =>
        error ? reject(new Error(error.message)) : resolve(result as T),
      )
    })
  }

  /** A paused main thread goes on. */
  disconnect(): void {
    this.#session.disconnect()
  }
}
