import { Reporter as Recording } from '../../apps/runtime/src/observe/reporter.ts'

/** Stands in for the runtime's reporter: lines, records and counts of requests go nowhere. */
export class Reporter extends Recording {
  override admits(): boolean {
    return false
  }
  override finished(): void {}
}
