import type { Invocation, LogLine, RequestCounts } from '@lathe/shared'
import type { RawInvocation, RawLine } from '../bridge/protocol.ts'
import type { Channel } from './channel.ts'
import { CountsBox } from './counts-box.ts'
import { Outbox } from './outbox.ts'
import type { SourceMaps } from './source-maps.ts'

const LINES = 5_000
const INVOCATIONS = 10_000
const BATCH = 1_000

/** Whom a line that the platform itself writes is about. */
export type About = Partial<Omit<RawLine, 'at' | 'level' | 'text'>>

/** What is on its way to the api: bounded while the api is away or slow, and what had to be dropped is counted. */
export class Shipping {
  readonly #channel: Channel
  readonly #maps: SourceMaps
  readonly #lines = new Outbox<LogLine>(LINES)
  readonly #invocations = new Outbox<Invocation>(INVOCATIONS)
  readonly #counts = new CountsBox()
  #seq = 0

  constructor(channel: Channel, maps: SourceMaps) {
    this.#channel = channel
    this.#maps = maps
  }

  lines(lines: readonly RawLine[], dropped: number): void {
    this.#lines.push(
      lines.map((line) => this.#logLine(line)),
      dropped,
    )
    this.ship()
  }

  invocations(items: readonly RawInvocation[], dropped: number): void {
    this.#invocations.push(items.map(invocation), dropped)
    this.ship()
  }

  counts(counts: readonly RequestCounts[]): void {
    this.#counts.add(counts)
    this.ship()
  }

  /** An error that the platform itself has to report to the app's developer. */
  report(text: string, about: About = {}): void {
    const nobody = { functionName: null, revision: null, requestId: null, runId: null, callSite: null }
    this.lines([{ at: Date.now(), level: 'error', text, ...nobody, ...about }], 0)
  }

  /** Sends what has gathered, as far as the channel takes it. */
  ship(): void {
    if (!this.#counts.empty && this.#channel.ready) {
      this.#channel.send({ type: 'metrics', counts: this.#counts.take() })
    }
    while (!this.#lines.empty && this.#channel.ready) {
      const { items, dropped } = this.#lines.take(BATCH)
      this.#channel.send({ type: 'logs', lines: items, dropped })
    }
    while (!this.#invocations.empty && this.#channel.ready) {
      const { items, dropped } = this.#invocations.take(BATCH)
      this.#channel.send({ type: 'invocations', items, dropped })
    }
  }

  #logLine(line: RawLine): LogLine {
    const { at, level, text, functionName, revision, requestId, runId, callSite, indent, preview, test } =
      line
    return {
      at: new Date(at).toISOString(),
      seq: ++this.#seq,
      level,
      text: this.#maps.text(text),
      functionName,
      revision,
      requestId,
      runId,
      source: callSite === null ? null : this.#maps.firstPlace(callSite),
      ...(indent === undefined ? {} : { indent }),
      // Places stand in it as they do in text: what replaces them needs no escaping in JSON.
      ...(preview === undefined ? {} : { preview: this.#maps.text(preview) }),
      ...(test === undefined ? {} : { test }),
    }
  }
}

function invocation(raw: RawInvocation): Invocation {
  const [at, requestId, runId, functionName, revision, method, path, status, durationMs, trigger, request] =
    raw
  return {
    at: new Date(at).toISOString(),
    requestId,
    runId,
    functionName,
    revision,
    method,
    path,
    status,
    durationMs: Math.round(durationMs * 1000) / 1000,
    trigger,
    request,
  }
}
