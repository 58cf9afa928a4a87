import type { Module } from 'node:vm'
import { moduleId } from '../bridge/protocol.ts'
import type { Externals } from './externals.ts'
import type { FunctionModule } from './function-module.ts'
import type { Graph } from './graph.ts'
import { externalError, importPlace, loadError, missingExport } from './load-error.ts'

/** Connects new modules with what they import. What cannot be connected gets its error in `graph.errors`. */
export async function link(
  graph: Graph,
  fresh: readonly FunctionModule[],
  externals: Externals,
): Promise<void> {
  const found = new Map<FunctionModule, Map<string, Module>>()
  await Promise.all(
    fresh.map(async (module) => {
      const packages = new Map<string, Module>()
      found.set(module, packages)
      for (const { specifier, attributes, target } of module.requests) {
        if (target === null) {
          try {
            packages.set(specifier, await externals.module(specifier, attributes))
          } catch (error) {
            fail(graph, module, externalError(specifier, error), specifier)
            return
          }
        } else if (!graph.units.has(target)) {
          fail(graph, module, new Error(`Cannot find function '${specifier}'`), specifier)
          return
        }
      }
    }),
  )
  spreadFailures(graph, fresh)
  for (const module of fresh) {
    if (graph.errors.has(module.name)) continue
    module.vm.linkRequests(
      module.requests.map(({ specifier, target }) =>
        target === null ? found.get(module)!.get(specifier)! : graph.modules.get(target)!.vm,
      ),
    )
  }
  for (const module of fresh) {
    // Imports come first in `fresh`, so a failure below is known by now.
    spreadFailures(graph, [module])
    // One of a circle takes the others with it.
    if (graph.errors.has(module.name) || module.vm.status !== 'unlinked') continue
    try {
      module.vm.instantiate()
    } catch (error) {
      const missing = missingExport(error)
      const imports = (m: FunctionModule) => m.requests.some((r) => r.specifier === missing?.specifier)
      // In a circle V8 complains to whoever asked first, and names only the import.
      const guilty = imports(module)
        ? module
        : (fresh.find((m) => !graph.errors.has(m.name) && imports(m)) ?? module)
      fail(graph, guilty, error, missing?.specifier, missing?.exportName)
      spreadFailures(graph, fresh)
      if (!graph.errors.has(module.name)) fail(graph, module, error)
    }
  }
}

/** A module cannot work when one that it imports does not: says so, naming the one that is to blame. */
export function spreadFailures(graph: Graph, among: readonly FunctionModule[]): void {
  let changed = true
  while (changed) {
    changed = false
    for (const module of among) {
      if (graph.errors.has(module.name)) continue
      const broken = module.requests.find(({ target }) => target !== null && graph.errors.has(target))
      if (!broken) continue
      const cause = graph.errors.get(broken.target!)!
      const reason = cause.message.startsWith('Cannot load ')
        ? cause.message
        : `${broken.target}: ${cause.message}`
      fail(
        graph,
        module,
        new Error(reason.startsWith('Cannot load ') ? reason : `Cannot load ${reason}`),
        broken.specifier,
      )
      changed = true
    }
  }
}

function fail(
  graph: Graph,
  module: FunctionModule,
  error: unknown,
  specifier?: string,
  exportName?: string,
): void {
  const unit = graph.units.get(module.name)!
  const place =
    specifier === undefined
      ? undefined
      : importPlace(moduleId(unit.name, unit.sha256), unit.code, specifier, exportName)
  graph.errors.set(module.name, loadError(module.name, error, place))
}
