import { inspect } from 'node:util'
import type { Reporter } from './reporter.ts'

/**
 * What a function threw, for the log: with its stack, whatever it is. Thrown values are the app's own objects, whose
 * code may throw in turn.
 */
export function describeThrown(thrown: unknown): string {
  try {
    return thrown instanceof Error ? withoutOurs(inspect(thrown)) : `Thrown: ${inspect(thrown)}`
  } catch {
    return 'Thrown: something that cannot be shown'
  }
}

const OURS = new URL('.', import.meta.url).href

/** Frames of Node's and of this bundle say nothing to the app's developer. */
export function withoutOurs(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => !/^\s+at /.test(line) || !(line.includes('node:') || line.includes(OURS)))
    .join('\n')
}

/** The stack of a thrown error, in which the first place in a function is where it was thrown. */
export function stackText(thrown: unknown): string | null {
  try {
    return thrown instanceof Error && typeof thrown.stack === 'string' ? thrown.stack : null
  } catch {
    return null
  }
}

/**
 * Exceptions that nobody catches (in timers, event handlers, rejected promises) go to the log of the function that they
 * belong to, and the process lives on: it has other functions to serve. A capture callback, unlike a listener, cannot be
 * removed by the app's code once `process.setUncaughtExceptionCaptureCallback` is closed to it.
 * @param restore puts back what reporting needs, should the app's code have replaced it
 */
export function captureStrays(reporter: Reporter, restore: () => void): void {
  process.setUncaughtExceptionCaptureCallback((thrown) => {
    restore()
    reporter.line('error', `Uncaught ${describeThrown(thrown)}`, stackText(thrown))
  })
}

/** The same where others listen too. */
export function listenToStrays(reporter: Reporter): void {
  process.on('uncaughtException', (thrown) => {
    reporter.line('error', `Uncaught ${describeThrown(thrown)}`, stackText(thrown))
  })
}
