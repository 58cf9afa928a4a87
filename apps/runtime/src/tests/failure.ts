import { inspect } from 'node:util'
import type { RawTestReport } from '../bridge/protocol.ts'

const LONGEST = 100_000

/** What a test threw, for its report. Thrown values are the app's own objects, whose code may throw in turn. */
export function failureOf(thrown: unknown): NonNullable<RawTestReport['failure']> {
  const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown
  try {
    if (!(cause instanceof Error)) {
      return { message: typeof cause === 'string' ? cause : inspect(cause), stack: '', ...noDiff }
    }
    const stack = framesOf(cause.stack ?? '')
    const { actual, expected, code, showDiff } = cause as Error & Record<string, unknown>
    const compared = code === 'ERR_ASSERTION' ? 'generatedMessage' in cause : showDiff === true
    // node:assert writes its own diff below the first line: ours says the same.
    const message = compared ? (cause.message.split('\n')[0] ?? '') : cause.message
    if (!compared || (actual === undefined && expected === undefined)) {
      return { message: cause.message || cause.name, stack, ...noDiff }
    }
    return { message, stack, expected: textOf(expected), actual: textOf(actual) }
  } catch {
    return { message: 'Something was thrown that cannot be shown', stack: '', ...noDiff }
  }
}

const noDiff = { expected: null, actual: null }

/** By lines, and fields in the order of their names: what is equal on both sides is the same text. */
function textOf(value: unknown): string {
  const text =
    typeof value === 'string' && value.includes('\n')
      ? value
      : inspect(value, { depth: 20, sorted: true, compact: false, breakLength: 80, maxArrayLength: 1_000 })
  return text.slice(0, LONGEST)
}

/** Frames of Node's and of ours say nothing to whoever wrote the test. */
function framesOf(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line) && (line.includes('lathe-fn:') || line.includes('/node_modules/')))
    .join('\n')
}
