import { parseEnv } from 'node:util'
import { envNameProblem } from '@lathe/shared'

export interface EnvText {
  /** In the order of the text; of a name that is given twice, the last value counts. */
  variables: { name: string; value: string }[]
  /** What `parseEnv` would pass over in silence, by line (1-based). */
  problems: { line: number; message: string }[]
}

/**
 * Reads the text of an `.env` file with the meaning that Node gives it (`util.parseEnv`), and names the lines that Node
 * would leave out without a word: a mistyped line must not look like a variable that was saved. Each variable is read
 * by itself, since Node takes the next line for the value of one that has none.
 */
export function parseEnvText(text: string): EnvText {
  const lines = text.replaceAll('\r', '').split('\n')
  const problems: EnvText['problems'] = []
  const values = new Map<string, string>()
  let next = 0
  while (next < lines.length) {
    const at = next++
    const line = lines[at]!.trim()
    if (line === '' || line.startsWith('#')) continue
    const equals = line.indexOf('=')
    if (equals < 0) {
      problems.push({ line: at + 1, message: 'there is no = in this line' })
      continue
    }
    next = endOfValue(lines, at)
    const name = line
      .slice(0, equals)
      .trim()
      .replace(/^export\s+/, '')
    const problem = envNameProblem(name)
    if (problem === null) values.set(name, readValue(lines.slice(at, next).join('\n')))
    else problems.push({ line: at + 1, message: `${JSON.stringify(name.slice(0, 40))} ${problem}` })
  }
  return { variables: [...values].map(([name, value]) => ({ name, value })), problems }
}

function readValue(assignment: string): string {
  return Object.values(parseEnv(assignment))[0] ?? ''
}

/** The index after the last line of the value that begins behind the `=` of this line: quoted ones go over several. */
function endOfValue(lines: string[], at: number): number {
  const begun = lines[at]!.slice(lines[at]!.indexOf('=') + 1).trimStart()
  const quote = begun[0]
  if (quote !== '"' && quote !== "'" && quote !== '`') return at + 1
  if (begun.indexOf(quote, 1) > 0) return at + 1
  for (let end = at + 1; end < lines.length; end++) if (lines[end]!.includes(quote)) return end + 1
  return at + 1
}
