import type { LogLevel } from '@lathe/shared'
import { create } from 'zustand'

/** Which lines of the console show. */
interface ConsoleFilter {
  text: string
  /** Lines of this level and above it. */
  level: LogLevel
}

export const useConsoleFilter = create<ConsoleFilter>()(() => ({ text: '', level: 'debug' }))
