import type { TestReport, TestResult } from '@lathe/shared'

/** Makes results of what a runtime reports: each knows its file, and nothing stays `running` when the run is over. */
export class ReportTree {
  readonly #tell: (result: TestResult) => void
  readonly #results = new Map<number, TestResult>()

  constructor(tell: (result: TestResult) => void) {
    this.#tell = tell
  }

  add(reports: TestReport[]): void {
    for (const { id, parentId, name, kind, state, durationMs, place, failure } of reports) {
      const parent = this.#results.get(parentId)
      const result: TestResult = {
        id: String(id),
        parent: parent ? parent.id : null,
        // A test stands where it was called for; in a helper's module that is another file than its suite's.
        file: parent?.file ?? place?.file.replace(/\.ts$/, '') ?? '',
        name,
        kind,
        state,
        durationMs,
        place,
        failure,
      }
      this.#results.set(id, result)
      this.#tell(result)
    }
  }

  /** A file of which no test could run. */
  broken(file: string, { message, stack }: { message: string; stack: string }): void {
    this.#tell({
      id: `file:${file}`,
      parent: null,
      file,
      name: file,
      kind: 'test',
      state: 'failed',
      durationMs: 0,
      place: null,
      failure: { message, stack, expected: null, actual: null, place: null },
    })
  }

  /** The run is over before its tests are. */
  unfinished(message: string): void {
    const left = [...this.#results.values()].filter(({ state }) => state === 'running')
    const failure = { message, stack: '', expected: null, actual: null, place: null }
    for (const result of left) this.#tell({ ...result, state: 'failed', failure })
    if (left.length === 0) this.broken('', { message, stack: '' })
  }
}
