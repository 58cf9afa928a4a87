import type { LogLine } from '@lathe/shared'

/** A line as it is copied. */
export function lineText({ at, level, functionName, requestId, text }: LogLine): string {
  return `${at} ${level} ${functionName ?? '-'} ${requestId ?? '-'} ${text}`
}
