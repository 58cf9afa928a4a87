import { Session } from 'node:inspector'
import type { CoverageReport } from '@lathe/shared'

const MODULE_URL = /^lathe-fn:([\w/.-]+)@([0-9a-f]{12})$/

/**
 * V8's precise coverage of the app's functions. To be started before they are loaded: blocks of what is compiled
 * already are not counted.
 */
export class Coverage {
  readonly #session = new Session()

  start(): void {
    this.#session.connect()
    this.#session.post('Profiler.enable')
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  }

  /** What was executed since the start. */
  take(): Promise<CoverageReport[]> {
    return new Promise((resolve) => {
      this.#session.post('Profiler.takePreciseCoverage', (error, taken) => {
        if (error) return resolve([])
        resolve(
          taken.result.flatMap(({ url, functions }) => {
            const [, name, hash] = MODULE_URL.exec(url) ?? []
            if (name === undefined || hash === undefined) return []
            const ranges = functions.flatMap((fn) =>
              fn.ranges.map((range): [number, number, number] => [
                range.startOffset,
                range.endOffset,
                range.count,
              ]),
            )
            return [{ name, hash, ranges }]
          }),
        )
      })
    })
  }
}
