import {
  decodedMappings,
  generatedPositionFor,
  LEAST_UPPER_BOUND,
  originalPositionFor,
  TraceMap,
} from '@jridgewell/trace-mapping'
import type { FunctionUnit, LoadError, TestReport } from '@lathe/shared'
import { MODULE_PLACE, moduleId, type RawLoadError, type RawTestReport } from '../bridge/protocol.ts'

/** A place in TypeScript source, both 1-based. */
export interface Place {
  file: string
  line: number
  column: number
}

/** How many maps of code that is not live any more are kept, for requests and timers that still run on it. */
const SUPERSEDED = 200

/** Finds TypeScript places for places in compiled code. Maps are decoded when something is first looked up in them. */
export class SourceMaps {
  readonly #maps = new Map<string, string | TraceMap>()
  readonly #live = new Set<string>()

  add(units: readonly FunctionUnit[]): void {
    for (const unit of units) {
      const id = moduleId(unit.name, unit.sha256)
      // Put last, so that what has been used least recently is forgotten first.
      const known = this.#maps.get(id) ?? unit.map
      this.#maps.delete(id)
      this.#maps.set(id, known)
    }
    this.#forget()
  }

  /** Says which are live: these are kept whatever happens. */
  setLive(units: Iterable<FunctionUnit>): void {
    this.#live.clear()
    for (const unit of units) this.#live.add(moduleId(unit.name, unit.sha256))
    this.#forget()
  }

  /** The place in TypeScript, or in the compiled code when the map does not say. */
  place(name: string, hash: string, line: number, column: number): Place {
    const found = this.#lookUp(`lathe-fn:${name}@${hash}`, line, column)
    return { file: `${name}.ts`, line: found?.line ?? line, column: found?.column ?? column }
  }

  /** Writes TypeScript places into a text, e.g. a stack. */
  text(text: string): string {
    if (!text.includes('lathe-fn:')) return text
    return text
      .replace(MODULE_PLACE, (_all, name: string, hash: string, line: string, column: string) => {
        const place = this.place(name, hash, Number(line), Number(column))
        return `${place.file}:${place.line}:${place.column}`
      })
      .replace(/lathe-fn:([\w/.-]+)@[0-9a-f]{12}/g, '$1.ts')
  }

  /** The first place in a function that a stack names. */
  firstPlace(stack: string): Place | null {
    MODULE_PLACE.lastIndex = 0
    const found = MODULE_PLACE.exec(stack)
    return found ? this.place(found[1]!, found[2]!, Number(found[3]), Number(found[4])) : null
  }

  testReport(raw: RawTestReport): TestReport {
    const { place, failure } = raw
    return {
      ...raw,
      place: place === null ? null : this.firstPlace(place),
      failure: failure && {
        ...failure,
        message: this.text(failure.message),
        stack: this.text(failure.stack),
        place: this.firstPlace(failure.stack),
      },
    }
  }

  /** The place in TypeScript of a place as V8 counts (from 0) in a module's code; null where none stands for it. */
  sourcePlace(id: string, line: number, column: number): { line: number; column: number } | null {
    return this.#lookUp(id, line + 1, column + 1)
  }

  /** The line of TypeScript of a line (from 0) of a module's code. */
  sourceLine(id: string, line: number): number | null {
    const map = this.#map(id)
    const first = map && decodedMappings(map)[line]?.find((segment) => segment.length > 1)
    return first ? first[2]! + 1 : null
  }

  /** Where the code of a line of TypeScript begins, as V8 counts; of a line without code, that of the next with any. */
  compiledPlace(id: string, line: number): { lineNumber: number; columnNumber: number } | null {
    const map = this.#map(id)
    if (!map) return null
    const source = map.sources[0] ?? null
    const last = this.#lastLine(map)
    for (let at = line; source !== null && at <= last; at++) {
      const found = generatedPositionFor(map, { source, line: at, column: 0, bias: LEAST_UPPER_BOUND })
      if (found.line !== null) return { lineNumber: found.line - 1, columnNumber: found.column }
    }
    return null
  }

  /** Every mapped place of a module: line and column as V8 counts, and the line of TypeScript. */
  *segments(id: string): Generator<[lineNumber: number, columnNumber: number, line: number]> {
    const map = this.#map(id)
    if (!map) return
    for (const [lineNumber, segments] of decodedMappings(map).entries()) {
      for (const segment of segments) {
        if (segment.length > 1) yield [lineNumber, segment[0], segment[2]! + 1]
      }
    }
  }

  #lastLine(map: TraceMap): number {
    let last = 0
    for (const segments of decodedMappings(map)) {
      for (const segment of segments) if (segment.length > 1) last = Math.max(last, segment[2]! + 1)
    }
    return last
  }

  loadError(raw: RawLoadError): LoadError {
    const error: LoadError = { name: raw.name, message: this.text(raw.message) }
    if (raw.stack !== undefined) error.stack = this.text(raw.stack)
    let place: Place | null = null
    let length = 1
    if (raw.place) {
      const { line, column } = raw.place
      const found = this.#lookUp(raw.place.module, line, column)
      if (found) {
        place = { file: '', ...found }
        length = raw.place.length
      }
    } else if (raw.stack !== undefined) {
      const first = this.firstPlace(raw.stack)
      if (first?.file === `${raw.name}.ts`) place = first
    }
    if (place) {
      error.marker = {
        message: error.message,
        severity: 'error',
        line: place.line,
        column: place.column,
        endLine: place.line,
        endColumn: place.column + length,
      }
    }
    return error
  }

  #lookUp(id: string, line: number, column: number): { line: number; column: number } | null {
    const map = this.#map(id)
    if (!map) return null
    const found = originalPositionFor(map, { line, column: Math.max(0, column - 1) })
    return found.line === null ? null : { line: found.line, column: found.column + 1 }
  }

  #map(id: string): TraceMap | null {
    let map = this.#maps.get(id)
    if (map === undefined) return null
    if (typeof map === 'string') {
      try {
        map = new TraceMap(map)
      } catch {
        this.#maps.delete(id)
        return null
      }
      this.#maps.set(id, map)
    }
    return map
  }

  #forget(): void {
    let superseded = this.#maps.size - this.#live.size
    if (superseded <= SUPERSEDED) return
    for (const id of this.#maps.keys()) {
      if (superseded <= SUPERSEDED) return
      if (this.#live.has(id)) continue
      this.#maps.delete(id)
      superseded--
    }
  }
}
