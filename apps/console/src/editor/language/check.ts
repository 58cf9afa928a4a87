import type { Problem } from '../../stores/editor-bridge.ts'
import { nameOf, uriOf } from '../models.ts'
import { monaco } from '../monaco.ts'
import { currentText, wholeApp } from '../whole-app.ts'
import { messageOf, packageTrouble } from './diagnostics.ts'
import { positionIn } from './offsets.ts'
import { functionWorker } from './service.ts'

/** TypeScript's category of what keeps a program from being right. */
const ERROR = 1

/** Type and syntax errors of functions, open or not; of the whole app with null. */
export async function check(names: string[] | null): Promise<Problem[]> {
  await wholeApp()
  const worker = await functionWorker()
  const files = await worker.problems(names?.map((name) => uriOf(name).toString()) ?? null)
  return files.flatMap(({ fileName, diagnostics }) => {
    const name = nameOf(monaco.Uri.parse(fileName))
    const text = name === null ? null : currentText(name)
    if (name === null || text === null) return []
    return diagnostics.flatMap((d): Problem[] => {
      const trouble = packageTrouble(d)
      if (d.category !== ERROR || d.start === undefined || (trouble && !trouble.missing)) return []
      const { lineNumber, column } = positionIn(text, d.start)
      return [
        {
          name,
          severity: 'error',
          message: trouble?.message ?? messageOf(d),
          line: lineNumber,
          column,
          code: `ts(${d.code})`,
        },
      ]
    })
  })
}
