import { Script } from 'node:vm'
import { MongoError } from '../errors.ts'

/** What one match of a pattern that may backtrack without end may take, in milliseconds. */
const LIMIT_MS = 250

const slot = Symbol.for('lathe.embedded-mongo.regex')
const run = new Script("globalThis[Symbol.for('lathe.embedded-mongo.regex')]()")

/** Nested quantifiers, back references and several unbounded quantifiers can make backtracking explode. */
export function mayExplode(source: string): boolean {
  const plain = source.replace(/\\[^1-9]|\[(?:\\.|[^\]\\])*\]/gs, 'x')
  if (/\\[1-9]/.test(plain)) return true
  if (/\([^()]*([*+{]|\|)[^()]*\)[^()]*\)?[*+{]/.test(plain)) return true
  return (plain.match(/[*+]|\{\d*,\}/g)?.length ?? 0) >= 3
}

/**
 * A regular expression that gives up: V8 can interrupt backtracking, but only for code run under a time limit. All of
 * RegExp's methods go through `exec`.
 */
export class BoundedRegExp extends RegExp {
  override exec(text: string): RegExpExecArray | null {
    // Short texts end soon whatever the pattern.
    if (text.length < 16) return super.exec(text)
    let result: RegExpExecArray | null = null
    Reflect.set(globalThis, slot, () => {
      result = super.exec(text)
    })
    try {
      run.runInThisContext({ timeout: LIMIT_MS })
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
        throw new MongoError(
          'OperationFailed',
          `the regular expression /${this.source}/ backtracks for more than ${LIMIT_MS} ms on one value`,
        )
      }
      throw error
    } finally {
      Reflect.deleteProperty(globalThis, slot)
    }
    return result
  }
}
