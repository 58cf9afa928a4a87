import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ClosureNode, closureHashes, componentsInOrder } from '../src/loader/closure.ts'
import { functionOf } from '../src/loader/specifier.ts'

/** Random import graphs of up to 8 functions. */
const graphs = fc
  .integer({ min: 1, max: 8 })
  .chain((n) => fc.array(fc.array(fc.nat(n - 1), { maxLength: 4 }), { minLength: n, maxLength: n }))
  .map((edges) => nodesOf(edges.map((targets, i) => ({ sha256: `sha${i}`, targets }))))

function nodesOf(list: { sha256: string; targets: number[] }[]): Map<string, ClosureNode> {
  return new Map(
    list.map(({ sha256, targets }, i) => [
      `f${i}`,
      { name: `f${i}`, sha256, imports: [...new Set(targets)].map((t) => `f${t}`) },
    ]),
  )
}

function reachable(nodes: ReadonlyMap<string, ClosureNode>, from: string): Set<string> {
  const seen = new Set([from])
  const work = [from]
  for (let name = work.pop(); name !== undefined; name = work.pop()) {
    for (const target of nodes.get(name)!.imports) {
      if (!seen.has(target)) {
        seen.add(target)
        work.push(target)
      }
    }
  }
  return seen
}

const hashesOf = (nodes: ReadonlyMap<string, ClosureNode>) => closureHashes(nodes, componentsInOrder(nodes))

describe('components', () => {
  test('are what imports one another, each after what it depends on', () => {
    fc.assert(
      fc.property(graphs, (nodes) => {
        const components = componentsInOrder(nodes)
        expect(components.flat().sort()).toEqual([...nodes.keys()].sort())
        const position = new Map(components.flatMap((names, i) => names.map((name) => [name, i] as const)))
        for (const a of nodes.keys()) {
          for (const b of reachable(nodes, a)) {
            const circle = reachable(nodes, b).has(a)
            expect(position.get(a) === position.get(b)).toBe(circle)
            expect(position.get(b)!).toBeLessThanOrEqual(position.get(a)!)
          }
        }
      }),
    )
  })
  test('of a chain of 5,000 do not overflow the stack', () => {
    const nodes = nodesOf(
      Array.from({ length: 5_000 }, (_, i) => ({ sha256: `${i}`, targets: i < 4_999 ? [i + 1] : [] })),
    )
    expect(componentsInOrder(nodes)).toHaveLength(5_000)
  })
})

describe('closure hashes', () => {
  test('change for exactly the functions that reach the changed one', () => {
    fc.assert(
      fc.property(graphs, fc.nat(), (nodes, pick) => {
        const changedName = [...nodes.keys()][pick % nodes.size]!
        const changed = new Map(nodes)
        changed.set(changedName, { ...nodes.get(changedName)!, sha256: 'changed' })
        const before = hashesOf(nodes)
        const after = hashesOf(changed)
        for (const name of nodes.keys()) {
          expect(before.get(name) !== after.get(name)).toBe(reachable(nodes, name).has(changedName))
        }
      }),
    )
  })
  test('do not depend on the order in which functions are listed', () => {
    fc.assert(
      fc.property(graphs, (nodes) => {
        expect(Object.fromEntries(hashesOf(new Map([...nodes].reverse())))).toEqual(
          Object.fromEntries(hashesOf(nodes)),
        )
      }),
    )
  })
})

test.each([
  ['@/users/util', 'a', 'users/util'],
  ['@/users/util.ts', 'a', 'users/util'],
  ['./util', 'users/list', 'users/util'],
  ['../util.js', 'users/list', 'util'],
  ['./util', 'list', 'util'],
  ['./a/../b', 'x/y', 'x/b'],
  ['../../up', 'users/list', '../../up'],
  ['lodash', 'a', null],
  ['@scope/pkg', 'a', null],
  ['node:fs', 'a', null],
])('%s imported from %s means %s', (specifier, importer, name) => {
  expect(functionOf(specifier, importer)).toBe(name)
})
