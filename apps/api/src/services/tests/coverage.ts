import { decodedMappings, TraceMap } from '@jridgewell/trace-mapping'
import type { CoverageReport, FunctionCoverage } from '@lathe/shared'
import type { Suite, SuiteModule } from './suite.ts'

/** Lines of nothing but brackets: whether they are executed says nothing. */
const BRACKETS = /^[\s[\]{}();,]*$/

/**
 * Lines of TypeScript that were executed, of every function of which more than the top level was, or that `wanted` names.
 */
export function coverageOf(
  reports: CoverageReport[],
  suite: Suite,
  wanted: ReadonlySet<string>,
): FunctionCoverage[] {
  return reports
    .flatMap(({ name, hash, ranges }) => {
      const module = suite.get(name)
      if (!module?.unit?.sha256.startsWith(hash) || name.endsWith('.test')) return []
      const size = module.unit.code.length
      const wasCalled = ranges.some(([from, to, count]) => count > 0 && to - from < size)
      return wasCalled || wanted.has(name) ? [linesOf(module, module.unit, ranges)] : []
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function linesOf(
  { name, source }: SuiteModule,
  { code, map }: NonNullable<SuiteModule['unit']>,
  ranges: CoverageReport['ranges'],
): FunctionCoverage {
  const counts = new Uint8Array(code.length + 1).fill(1)
  // Inner ranges come after those around them.
  for (const [from, to, count] of ranges) counts.fill(count > 0 ? 1 : 0, from, to)
  const executed = new Map<number, boolean>()
  const texts = source.split(/\r\n|\r|\n/)
  let start = 0
  const lines = decodedMappings(new TraceMap(map))
  for (const [index, line] of code.split('\n').entries()) {
    for (const segment of lines[index] ?? []) {
      const [column, , sourceLine] = segment
      if (sourceLine === undefined || BRACKETS.test(texts[sourceLine] ?? '')) continue
      const isExecuted = counts[start + column] === 1
      executed.set(sourceLine + 1, isExecuted || (executed.get(sourceLine + 1) ?? false))
    }
    start += line.length + 1
  }
  const uncovered = [...executed].filter(([, was]) => !was).map(([line]) => line)
  return {
    name,
    lines: executed.size,
    covered: executed.size - uncovered.length,
    uncovered: spans(uncovered.sort((a, b) => a - b)),
  }
}

function spans(lines: number[]): [number, number][] {
  const found: [number, number][] = []
  for (const line of lines) {
    const last = found.at(-1)
    if (last && last[1] === line - 1) last[1] = line
    else found.push([line, line])
  }
  return found
}
