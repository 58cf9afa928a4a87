import { parseEnv } from 'node:util'
import { ENV_KEPT, envInputs, envLimits, isReservedEnvName, writeEnvText } from '@lathe/shared'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { EnvVariable } from '../src/mongo/documents.ts'
import { SecretBox } from '../src/secret-box.ts'
import { parseEnvText } from '../src/services/env/parse-text.ts'
import { planSet, planUnset, type Seal } from '../src/services/env/plan.ts'
import { openValue, sealValue } from '../src/services/env/values.ts'

const box = new SecretBox('k'.repeat(32))
const seal: Seal = {
  seal: (name, value) => sealValue(box, 'abcdef', name, value),
  open: (variable) => openValue(box, 'abcdef', variable),
}

function plan(current: EnvVariable[], input: Record<string, unknown>) {
  return planSet(current, envInputs.set.parse({ appid: 'abcdef', ...input }), 'Ada', seal)
}

const opened = (variables: EnvVariable[]) =>
  Object.fromEntries(variables.map((variable) => [variable.name, seal.open(variable)]))

describe('the text of an .env file', () => {
  const valid = fc.constantFrom('A', 'B_2', 'long_Name')
  const value = fc.constantFrom(
    'plain',
    ' spaced # note',
    '"quoted # kept"',
    "'it is\nmore lines=1'",
    '`back\n\ntick`',
    '"a\\nb"',
    'x="y"',
    '"never closed',
    'a=b=c',
  )
  const line = fc.oneof(
    fc
      .tuple(fc.constantFrom('', '  ', 'export '), valid, fc.constantFrom('=', ' = '), value)
      .map((p) => p.join('')),
    fc.constantFrom('', '# a note = none', '   ', '#'),
  )

  test('means what Node reads from it', () => {
    fc.assert(
      fc.property(fc.array(line), fc.constantFrom('\n', '\r\n'), (lines, end) => {
        const text = lines.join(end)
        const { variables, problems } = parseEnvText(text)
        const named = Object.fromEntries(variables.map((one) => [one.name, one.value]))
        if (problems.length === 0) expect(named).toEqual({ ...parseEnv(text) })
      }),
      { numRuns: 2_000 },
    )
  })

  test('written from values, reads back to them', () => {
    const anyValue = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom('a', ' ', "'", '"', '`', '#', '=', '\\', 'n', '\n', '$') }),
    )
    fc.assert(
      fc.property(fc.array(anyValue), (values) => {
        const variables = values.map((value, i) => ({ name: `V${i}`, value }))
        for (const { name, value } of parseEnvText(writeEnvText(variables)).variables) {
          expect([ENV_KEPT, variables.find((one) => one.name === name)?.value]).toContain(value)
        }
        expect(parseEnvText(writeEnvText(variables)).variables).toHaveLength(values.length)
      }),
      { numRuns: 2_000 },
    )
  })

  test('a variable without a value is empty, where Node takes the next line for its value', () => {
    expect(parseEnv('A= \nB=1')).toEqual({ A: 'B=1' })
    expect(parseEnvText('A= \nB=1\nexport C=').variables).toEqual([
      { name: 'A', value: '' },
      { name: 'B', value: '1' },
      { name: 'C', value: '' },
    ])
  })

  test('names the lines that Node would leave out in silence', () => {
    const { problems } = parseEnvText(
      'A=1\nnot a line\nB: 2\n# fine\nmy-key=3\nPEM="a\nb=c\n"\n9X=1\nNODE_OPTIONS=x',
    )
    expect(problems.map(({ line }) => line)).toEqual([2, 3, 5, 9, 10])
  })
})

describe('names', () => {
  test.each([
    'LATHE_APPID',
    'lathe_x',
    'NODE_OPTIONS',
    'NODE_ENV',
    'LD_PRELOAD',
    'PATH',
    'Path',
    'HOME',
    '__proto__',
    'constructor',
    'toString',
  ])('%s is reserved', (name) => {
    expect(isReservedEnvName(name)).toBe(true)
    expect(envInputs.set.safeParse({ appid: 'abcdef', name, value: 'x' }).success).toBe(false)
  })

  test.each(['', '1A', 'A-B', 'A B', 'Ä', 'A=B', 'A'.repeat(129)])('%j is no name', (name) => {
    expect(envInputs.set.safeParse({ appid: 'abcdef', name, value: 'x' }).success).toBe(false)
  })

  test.each(['A', '_', 'database_url', 'NODE', 'TZ', 'SERVER_SECRET', 'MONGODB_URI'])(
    '%s is free',
    (name) => {
      expect(envInputs.set.safeParse({ appid: 'abcdef', name, value: 'x' }).success).toBe(true)
    },
  )
})

describe('a change', () => {
  test('merges, or replaces, in one step', () => {
    const { variables } = plan([], { text: 'A=1\nB=2' })
    expect(opened(plan(variables, { text: 'B=3\nC=4' }).variables)).toEqual({ A: '1', B: '3', C: '4' })
    const replaced = plan(variables, { text: 'B=3\nC=4', mode: 'replace' })
    expect(opened(replaced.variables)).toEqual({ B: '3', C: '4' })
    expect(replaced).toMatchObject({ added: ['C'], changed: ['B'], removed: ['A'] })
  })

  test('a new variable is secret unless it says otherwise, and keeps its kind from then on', () => {
    const { variables } = plan([], {
      variables: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2', secret: false },
      ],
    })
    expect(variables.map(({ secret }) => secret)).toEqual([true, false])
    const later = plan(variables, { text: 'A=9\nB=9\nC=9', secret: false }).variables
    expect(later.map(({ secret }) => secret)).toEqual([true, false, false])
  })

  test('the mask of a secret in a text keeps its value, and is refused for a new name', () => {
    const { variables } = plan([], { name: 'KEY', value: 'hidden' })
    const kept = plan(variables, { text: `KEY=${ENV_KEPT}\nNEW=1`, mode: 'replace' })
    expect(opened(kept.variables)).toEqual({ KEY: 'hidden', NEW: '1' })
    expect(kept.changed).toEqual([])
    expect(() => plan(variables, { text: `OTHER=${ENV_KEPT}` })).toThrow(/new: give it a value/)
  })

  test('a secret becomes plain only with its value given anew', () => {
    const { variables } = plan([], { name: 'KEY', value: 'hidden' })
    expect(() => plan(variables, { name: 'KEY', secret: false })).toThrow(/give its value anew/)
    const plain = plan(variables, { name: 'KEY', value: 'shown', secret: false }).variables
    expect(plain[0]).toMatchObject({ secret: false })
    expect(plan(plain, { name: 'KEY', secret: true }).variables[0]).toMatchObject({ secret: true })
  })

  test('setting what is there already changes nothing', () => {
    const { variables } = plan([], { name: 'KEY', value: 'x' })
    expect(plan(variables, { name: 'KEY', value: 'x' })).toEqual({
      variables,
      added: [],
      changed: [],
      removed: [],
    })
  })

  test('one bad line refuses all of it', () => {
    expect(() => plan([], { text: 'A=1\nLD_PRELOAD=/x.so' })).toThrow(/line 2: "LD_PRELOAD" is reserved/)
    expect(() =>
      plan([], {
        variables: [
          { name: 'A', value: '1' },
          { name: 'A', value: '2' },
        ],
      }),
    ).toThrow(/twice/)
  })

  test('keeps to the limits of size and number', () => {
    const half = 'x'.repeat(envLimits.totalBytes / 2)
    const { variables } = plan([], { name: 'A', value: half })
    expect(() => plan(variables, { name: 'B', value: half })).toThrow(/64 kB/)
    expect(() => plan([], { name: 'A', value: 'ü'.repeat(envLimits.totalBytes / 2) })).toThrow(/64 kB/)
    const many = Array.from({ length: envLimits.variables }, (_, i) => `V${i}=1`).join('\n')
    expect(() => plan(variables, { text: many })).toThrow(/200 variables/)
  })

  test('removes what is there and says so', () => {
    const { variables } = plan([], { text: 'A=1\nB=2' })
    expect(planUnset(variables, ['A', 'Z'])).toMatchObject({ removed: ['A'], added: [], changed: [] })
  })
})
