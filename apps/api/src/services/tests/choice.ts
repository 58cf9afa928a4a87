import { isTestFile, type testInputs } from '@lathe/shared'
import type { z } from 'zod'
import { affectedFiles, withImporters } from './import-graph.ts'
import type { ChosenFiles } from './run-files.ts'
import type { Suite } from './suite.ts'

type Only = NonNullable<z.infer<typeof testInputs.run>['only']>

export interface Choice {
  /** Functions of which all cases are to run, and single cases; null: all of all. */
  cases: { functions: ReadonlySet<string>; ids: ReadonlySet<string> } | null
  files: ChosenFiles
}

/** What of an app's tests is to run. */
export function choiceOf(suite: Suite, only: Only | undefined): Choice {
  const all = [...suite.keys()].filter(isTestFile)
  if (!only) return { cases: null, files: { names: all, tests: null } }
  const { functions = [], cases = [], files = [], affectedBy = [] } = only
  const changed = withImporters(suite, affectedBy)
  const affected = affectedFiles(suite, changed)
  const wanted = new Set([...files.map(({ name }) => name), ...affected])
  const isWhole = affected.length > 0 || files.some(({ tests }) => tests === undefined)
  return {
    cases: { functions: new Set([...functions, ...changed]), ids: new Set(cases) },
    files: {
      names: all.filter((name) => wanted.has(name)),
      tests: isWhole ? null : files.flatMap(({ tests = [] }) => tests),
    },
  }
}
