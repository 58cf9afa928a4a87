import type { Breakpoint } from '@lathe/shared'
import { create } from 'zustand'
import { persist } from 'zustand/middleware'

interface Breakpoints {
  /** By app; they survive a reload. */
  byApp: Record<string, Breakpoint[]>
  watches: string[]
  pauseOn: 'none' | 'uncaught' | 'all'
}

/** Where a person wants a debugged program to stop. */
export const useBreakpoints = create<Breakpoints>()(
  persist((): Breakpoints => ({ byApp: {}, watches: [], pauseOn: 'none' }), { name: 'lathe:breakpoints' }),
)

const none: Breakpoint[] = []
export const breakpointsOf = (appid: string) => (s: Breakpoints) => s.byApp[appid] ?? none

const isAt = (functionName: string, line: number) => (one: Breakpoint) =>
  one.functionName === functionName && one.line === line

function change(appid: string, next: (breakpoints: Breakpoint[]) => Breakpoint[]): void {
  useBreakpoints.setState((s) => ({ byApp: { ...s.byApp, [appid]: next(s.byApp[appid] ?? []) } }))
}

export const breakpointActions = {
  toggle(appid: string, functionName: string, line: number) {
    change(appid, (all) =>
      all.some(isAt(functionName, line))
        ? all.filter((one) => !isAt(functionName, line)(one))
        : [...all, { functionName, line }],
    )
  },
  put(appid: string, breakpoint: Breakpoint) {
    const there = isAt(breakpoint.functionName, breakpoint.line)
    change(appid, (all) => [...all.filter((one) => !there(one)), breakpoint])
  },
  remove(appid: string, { functionName, line }: Breakpoint) {
    change(appid, (all) => all.filter((one) => !isAt(functionName, line)(one)))
  },
  /** The text was edited: lines have moved. */
  moved(appid: string, functionName: string, lines: ReadonlyMap<number, number>) {
    change(appid, (all) => {
      const seen = new Set<number>()
      return all.flatMap((one) => {
        if (one.functionName !== functionName) return [one]
        const line = lines.get(one.line) ?? one.line
        if (seen.has(line)) return []
        seen.add(line)
        return [{ ...one, line }]
      })
    })
  },
  watch(expression: string) {
    useBreakpoints.setState((s) => ({
      watches: [...s.watches.filter((one) => one !== expression), expression],
    }))
  },
  unwatch(expression: string) {
    useBreakpoints.setState((s) => ({ watches: s.watches.filter((one) => one !== expression) }))
  },
}
