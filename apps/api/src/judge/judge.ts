import { Worker } from 'node:worker_threads'
import type { Check, Expectation, RunResponse } from '@lathe/shared'

/** For one case. It takes a thousandth of this, unless an expression backtracks for ever. */
const JUDGE_MS = 3_000
const MEMORY_MB = 256

export interface Question {
  response: RunResponse
  expectations: Expectation[]
}

/**
 * Compares responses with expectations in a thread of its own: people's regular expressions, JSON paths and schemas
 * can take for ever, and would stop the whole api. A thread that does is ended, and the next question gets another.
 */
export class Judge implements AsyncDisposable {
  #script: URL
  #worker: Worker | null = null
  #last: Promise<unknown> = Promise.resolve()

  /** @param script where the thread's program is; by default beside the bundle */
  constructor(script = new URL('./judge-worker.js', import.meta.url)) {
    this.#script = script
  }

  /** Questions wait for one another. */
  check(response: RunResponse, expectations: Expectation[]): Promise<Check[]> {
    if (expectations.length === 0) return Promise.resolve([])
    const answer = this.#last.then(() => this.#ask({ response, expectations }))
    this.#last = answer
    return answer
  }

  async #ask(question: Question): Promise<Check[]> {
    this.#worker ??= this.#start()
    const worker = this.#worker
    const { promise, resolve } = Promise.withResolvers<Check[] | null>()
    const timer = setTimeout(resolve, JUDGE_MS, null)
    const ended = () => resolve(null)
    worker.once('message', resolve).once('exit', ended)
    worker.postMessage(question)
    const checks = await promise
    clearTimeout(timer)
    worker.off('message', resolve).off('exit', ended)
    if (checks) return checks
    this.#worker = null
    await worker.terminate()
    const message = `could not be compared within ${JUDGE_MS / 1000} s`
    return question.expectations.map(({ kind }) => ({
      kind,
      passed: false,
      subject: '',
      message,
      expected: null,
      actual: null,
    }))
  }

  #start(): Worker {
    const worker = new Worker(this.#script, {
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    })
    worker.on('error', () => {}) // the thread is gone, which `#ask` sees
    worker.unref()
    return worker
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker?.terminate()
  }
}
