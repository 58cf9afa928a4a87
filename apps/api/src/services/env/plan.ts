import { ENV_KEPT, type EnvEntry, type envInputs, envLimits } from '@lathe/shared'
import type { z } from 'zod'
import type { EnvVariable } from '../../mongo/documents.ts'
import { Refusal } from '../../refusal.ts'
import { parseEnvText } from './parse-text.ts'

export type EnvSetInput = z.infer<typeof envInputs.set>

/** How values are hidden and shown: the plan itself knows no key. */
export interface Seal {
  seal(name: string, value: string): string
  open(variable: EnvVariable): string
}

export interface EnvPlan {
  variables: EnvVariable[]
  added: string[]
  changed: string[]
  removed: string[]
}

interface Issue {
  path: string
  message: string
}

/**
 * What the variables become by a change.
 * @throws Refusal INVALID_INPUT with one issue per variable or line; LIMIT_REACHED; TOO_LARGE
 */
export function planSet(current: EnvVariable[], input: EnvSetInput, by: string, seal: Seal): EnvPlan {
  const before = new Map(current.map((variable) => [variable.name, variable]))
  const entries = entriesOf(input, before)
  const issues: Issue[] = []
  const next = new Map(input.mode === 'replace' ? [] : before)
  const seen = new Set<string>()
  for (const { entry, path } of entries) {
    if (seen.has(entry.name)) {
      issues.push({ path, message: `${entry.name} is given twice` })
      continue
    }
    seen.add(entry.name)
    const old = before.get(entry.name)
    const problem = problemOf(entry, old)
    if (problem !== null) issues.push({ path, message: problem })
    else next.set(entry.name, variableOf(entry, old, by, seal))
  }
  refuse(issues)
  const variables = [...next.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  checkLimits(variables)
  return { variables, ...difference(before, variables) }
}

export function planUnset(current: EnvVariable[], names: string[]): EnvPlan {
  const before = new Map(current.map((variable) => [variable.name, variable]))
  const variables = current.filter(({ name }) => !names.includes(name))
  return { variables, ...difference(before, variables) }
}

/** Bytes that count against the limit: names and values. */
export function sizeOf(variables: Pick<EnvVariable, 'name' | 'bytes'>[]): number {
  return variables.reduce((sum, { name, bytes }) => sum + name.length + bytes, 0)
}

function entriesOf(
  { name, value, secret, variables, text }: EnvSetInput,
  before: Map<string, EnvVariable>,
): { entry: EnvEntry; path: string }[] {
  if (text !== undefined) {
    const parsed = parseEnvText(text)
    refuse(
      parsed.problems.map(({ line, message }) => ({ path: 'text', message: `line ${line}: ${message}` })),
    )
    return parsed.variables.map(({ name, value }) => ({
      path: 'text',
      entry: {
        name,
        ...(value === ENV_KEPT ? {} : { value }),
        ...(before.has(name) ? {} : { secret }),
      },
    }))
  }
  if (variables) return variables.map((entry, index) => ({ entry, path: `variables.${index}` }))
  return [{ entry: { name: name!, value, secret }, path: 'name' }]
}

function problemOf({ name, value, secret }: EnvEntry, old: EnvVariable | undefined): string | null {
  if (value !== undefined) return null
  if (!old) return `${name} is new: give it a value`
  if (old.secret && secret === false) return `${name} is secret: to make it plain, give its value anew`
  return null
}

function variableOf(
  { name, value, secret }: EnvEntry,
  old: EnvVariable | undefined,
  by: string,
  seal: Seal,
): EnvVariable {
  const isSecret = secret ?? old?.secret ?? true
  const isSame = old && (value === undefined || seal.open(old) === value)
  if (isSame && old.secret === isSecret) return old
  return {
    name,
    value: isSame ? old.value : seal.seal(name, value ?? ''),
    bytes: isSame ? old.bytes : Buffer.byteLength(value ?? ''),
    secret: isSecret,
    updatedAt: new Date(),
    updatedBy: by,
  }
}

function checkLimits(variables: EnvVariable[]): void {
  if (variables.length > envLimits.variables) {
    throw new Refusal('LIMIT_REACHED', `An app can have ${envLimits.variables} variables.`, {
      limit: envLimits.variables,
    })
  }
  const size = sizeOf(variables)
  if (size > envLimits.totalBytes) {
    const message = `All variables together may take ${envLimits.totalBytes / 1000} kB; these take ${Math.ceil(size / 1000)} kB.`
    throw new Refusal('TOO_LARGE', message, { limit: envLimits.totalBytes, size })
  }
}

function difference(before: Map<string, EnvVariable>, after: EnvVariable[]) {
  const names = new Set(after.map(({ name }) => name))
  return {
    added: after.filter(({ name }) => !before.has(name)).map(({ name }) => name),
    changed: after
      .filter((variable) => before.has(variable.name) && before.get(variable.name) !== variable)
      .map(({ name }) => name),
    removed: [...before.keys()].filter((name) => !names.has(name)).sort(),
  }
}

function refuse(issues: Issue[]): void {
  const [first] = issues
  if (first) throw new Refusal('INVALID_INPUT', `${first.message}.`, { issues })
}
