import { hash, timingSafeEqual } from 'node:crypto'
import type { CodeUnit, RawLoadError } from './bridge/protocol.ts'
import { emptyGraph, type Graph } from './loader/graph.ts'
import type { Loader } from './loader/loader.ts'

interface Prepared {
  set: readonly CodeUnit[]
  removed: readonly string[]
  /** The live graph that it was prepared beside. */
  base: Graph
  graph: Graph
}

/** A run started from the debug panel: drafts over what was live when it began. */
export interface Run {
  runId: string
  graph: Graph
  /** What started it. */
  trigger: 'http' | 'cron'
  /** Aborts the run's requests when it is ended. */
  ended: AbortController
}

/** Which functions are live, which are prepared, and which belong to runs. Changes happen one after the other. */
export class LiveSet {
  #live: Graph = emptyGraph()
  #loaded = false
  readonly #first = Promise.withResolvers<void>()
  readonly #prepared = new Map<string, Prepared>()
  /** By SHA-256 of the token, so that finding one takes no time that depends on the token. */
  readonly #runs = new Map<string, { digest: Buffer; run: Run }>()
  readonly #aborted = new Set<string>()
  #changes: Promise<unknown> = Promise.resolve()
  #loader!: Loader
  #beforeLive: (next: Graph, previous: Graph) => Promise<void> = async () => {}

  /** The two need each other: the loader asks for the live graph. */
  start(loader: Loader, beforeLive: (next: Graph, previous: Graph) => Promise<void>): void {
    this.#loader = loader
    this.#beforeLive = beforeLive
  }

  get live(): Graph {
    return this.#live
  }

  /** Whether a first set was loaded: before that nothing can be answered, not even 404. */
  get loaded(): boolean {
    return this.#loaded
  }

  whenLoaded(): Promise<void> {
    return this.#first.promise
  }

  /** Replaces everything. Functions that cannot be loaded are told apart from the others. */
  sync(
    functions: readonly CodeUnit[],
  ): Promise<{ revisions: Record<string, number>; errors: RawLoadError[] }> {
    return this.#change(async () => {
      const graph = await this.#loader.load(new Map(functions.map((unit) => [unit.name, unit])), this.#live)
      await this.#swap(graph)
      return {
        revisions: Object.fromEntries(functions.map((unit) => [unit.name, unit.revision])),
        errors: [...graph.errors.values()],
      }
    })
  }

  /**
   * Loads a change beside the live graph.
   * @returns the errors that the change causes: in what it sets, and in importers that worked before
   */
  async prepare(
    publishId: string,
    set: readonly CodeUnit[],
    removed: readonly string[],
  ): Promise<RawLoadError[]> {
    await this.#first.promise
    const base = this.#live
    const graph = await this.#loader.load(changed(base, set, removed), base)
    if (!this.#aborted.delete(publishId)) this.#prepared.set(publishId, { set, removed, base, graph })
    const names = new Set(set.map((unit) => unit.name))
    return [...graph.errors.values()].filter(({ name }) => names.has(name) || !base.errors.has(name))
  }

  /** Makes a prepared graph live. Resolves to false when nothing is prepared under this id. */
  commit(publishId: string): Promise<boolean> {
    return this.#change(async () => {
      const prepared = this.#prepared.get(publishId)
      if (!prepared) return false
      this.#prepared.delete(publishId)
      const { base, set, removed } = prepared
      // Another publish went live in between: this change goes on top of it, not back to before it.
      const graph =
        base === this.#live
          ? prepared.graph
          : await this.#loader.load(changed(this.#live, set, removed), this.#live)
      await this.#swap(graph)
      return true
    })
  }

  abort(publishId: string): void {
    // Evaluation of what was being prepared may still be under way.
    if (!this.#prepared.delete(publishId)) {
      this.#aborted.add(publishId)
      if (this.#aborted.size > 100) this.#aborted.delete(this.#aborted.values().next().value!)
    }
  }

  /** Loads drafts over what is live, for requests that bring `runToken`. */
  async run(
    runId: string,
    runToken: string,
    overlay: readonly CodeUnit[],
    trigger: Run['trigger'],
  ): Promise<RawLoadError[]> {
    await this.#first.promise
    const base = this.#live
    const graph =
      overlay.length === 0 ? base : await this.#loader.load(changed(base, overlay, []), base, runId)
    const key = hash('sha256', runToken, 'hex')
    this.#runs.set(key, {
      digest: Buffer.from(key, 'hex'),
      run: { runId, graph, trigger, ended: new AbortController() },
    })
    const names = new Set(overlay.map((unit) => unit.name))
    return [...graph.errors.values()].filter(({ name }) => names.has(name))
  }

  /** The run that a token belongs to, compared in constant time. */
  runOf(token: string): Run | null {
    const key = hash('sha256', token, 'hex')
    const found = this.#runs.get(key)
    return found && timingSafeEqual(found.digest, Buffer.from(key, 'hex')) ? found.run : null
  }

  endRun(runId: string): void {
    for (const [key, { run }] of this.#runs) {
      if (run.runId !== runId) continue
      this.#runs.delete(key)
      run.ended.abort(new Error('The run was ended'))
    }
  }

  #change<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#changes.then(change)
    this.#changes = result.catch(() => {})
    return result
  }

  async #swap(graph: Graph): Promise<void> {
    await this.#beforeLive(graph, this.#live)
    this.#live = graph
    this.#loaded = true
    this.#first.resolve()
  }
}

function changed(base: Graph, set: readonly CodeUnit[], removed: readonly string[]): Map<string, CodeUnit> {
  const units = new Map(base.units)
  for (const name of removed) units.delete(name)
  for (const unit of set) units.set(unit.name, unit)
  return units
}
