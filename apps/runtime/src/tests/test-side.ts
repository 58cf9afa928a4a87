import type { Upstream } from '@lathe/shared'
import type { ToMain } from '../bridge/protocol.ts'
import type { LiveSet } from '../live-set.ts'
import type { Reporter } from '../observe/reporter.ts'
import { requestApp } from './app-request.ts'
import { Coverage } from './coverage.ts'
import { runTests } from './test-run.ts'

/** What a runtime that was started for tests has beyond others. */
export class TestSide {
  /** What files of tests may import beside packages. */
  readonly modules: [specifier: string, url: string][] = [
    ['@lathe/cloud/test', new URL('./test.js', import.meta.url).href],
  ]
  /** Where this process listens. */
  upstream: Upstream | null = null
  readonly #host: string
  readonly #coverage = new Coverage()
  #runToken: string | null = null

  constructor(appid: string) {
    this.#host = `${appid}.localhost`
    this.#coverage.start()
  }

  /** For `request` of `@lathe/cloud/test`. */
  readonly request = async (path: string, init?: RequestInit): Promise<Response> => {
    if (!this.upstream || this.#runToken === null) throw new Error('request works only while tests run')
    return requestApp(this.upstream, this.#runToken, this.#host, path, init)
  }

  async run(
    functions: LiveSet,
    reporter: Reporter,
    message: Extract<ToMain, { type: 'test' }>,
  ): Promise<void> {
    this.#runToken = message.runToken
    await runTests({ functions, reporter, coverage: this.#coverage }, message)
  }
}
