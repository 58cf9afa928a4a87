import { createHash } from 'node:crypto'
import { type FunctionUnit, limits } from '@lathe/shared'
import { transformSync } from 'oxc-transform'

/** A function as the api would send it: compiled TypeScript, its map, and the default limits. */
export function unit(name: string, source: string, over: Partial<FunctionUnit> = {}): FunctionUnit {
  const { code, map, errors } = transformSync(`${name}.ts`, source, { sourcemap: true, target: 'esnext' })
  if (errors.length > 0) throw new Error(errors[0]!.message)
  return {
    name,
    revision: 1,
    code,
    map: JSON.stringify(map),
    sha256: createHash('sha256').update(code).digest('hex'),
    methods: null,
    timeoutMs: 10_000,
    bodyLimit: limits.bodyBytes,
    ...over,
  }
}
