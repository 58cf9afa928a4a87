import type { Profiler } from 'node:inspector'
import type { LineCounts, LineTimes } from '@lathe/shared'
import { MODULE_ID } from '../../bridge/protocol.ts'
import type { SourceMaps } from '../source-maps.ts'

/**
 * How often each line of TypeScript ran, from V8's block coverage of compiled code. A line is judged by the mapped places
 * that it was compiled to: what none of them belongs to (types, comments, blank lines) has no count.
 * @param code what the script was made of
 */
export function lineCounts(
  { url, functions }: Profiler.ScriptCoverage,
  code: string,
  maps: SourceMaps,
): LineCounts {
  const offsets = lineOffsets(code)
  // Outer ranges come before those that they contain, so that the last one that covers a place is the innermost.
  const ranges = functions
    .flatMap((one) => one.ranges)
    .sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset)
  const lines = new Map<number, [count: number, partly: boolean]>()
  for (const [lineNumber, columnNumber, line] of maps.segments(url)) {
    const at = offsets[lineNumber]! + columnNumber
    // What closes a block belongs to it and says nothing new; V8 counts it to what follows.
    if (/^[\s)\]};,]*$/.test(code.slice(at, offsets[lineNumber + 1] ?? code.length))) continue
    const count = ranges.findLast((one) => one.startOffset <= at && at < one.endOffset)?.count ?? 0
    const [most, partly] = lines.get(line) ?? [count, false]
    lines.set(line, [Math.max(most, count), partly || (count === 0) !== (most === 0)])
  }
  return {
    functionName: MODULE_ID.exec(url)![1]!,
    lines: [...lines].map(([line, [count, partly]]): LineCounts['lines'][number] => [line, count, partly]),
  }
}

/** Processor time by line of TypeScript, from a sampling profile; time in packages and in Node has no line. */
export function lineTimes(
  { nodes, samples = [], timeDeltas = [] }: Profiler.Profile,
  maps: SourceMaps,
): LineTimes[] {
  const total = timeDeltas.reduce((sum, delta) => sum + delta, 0)
  const msPerSample = samples.length > 0 ? total / samples.length / 1000 : 0
  const times = new Map<string, Map<number, number>>()
  for (const { callFrame, positionTicks = [] } of nodes) {
    const functionName = MODULE_ID.exec(callFrame.url)?.[1]
    if (functionName === undefined) continue
    const lines = times.get(functionName) ?? new Map<number, number>()
    times.set(functionName, lines)
    for (const { line: compiledLine, ticks } of positionTicks) {
      const line = maps.sourceLine(callFrame.url, compiledLine - 1)
      if (line !== null) lines.set(line, (lines.get(line) ?? 0) + ticks * msPerSample)
    }
  }
  return [...times]
    .filter(([, lines]) => lines.size > 0)
    .map(([functionName, lines]) => ({
      functionName,
      lines: [...lines].map(([line, ms]): [number, number] => [line, Math.round(ms * 100) / 100]),
    }))
}

function lineOffsets(code: string): number[] {
  const offsets = [0]
  for (let at = code.indexOf('\n'); at >= 0; at = code.indexOf('\n', at + 1)) offsets.push(at + 1)
  return offsets
}
