import type { MergeRequest } from '../stores/drafts.ts'

/**
 * Saves one function's draft as it is typed: debounced, one save at a time, always the newest text last. What the
 * server has not confirmed is also kept locally, so neither a crash nor a broken connection loses it.
 */
export type SaveState = 'saved' | 'pending' | 'saving' | 'offline' | 'refused' | 'conflict'

export interface Saved {
  draftVersion: number
  liveRevision: number
  draftDiffers: boolean
  updatedAt: string
}

export type SaveFailure =
  | { kind: 'offline' }
  | { kind: 'refused'; error: unknown }
  | { kind: 'conflict'; merge: MergeRequest }

export interface DraftPorts {
  /** Sends the text; throws what `classify` understands. */
  save: (source: string, baseRevision: number, draftVersion: number) => Promise<Saved>
  classify: (error: unknown) => SaveFailure
  keepLocal: (source: string, baseRevision: number, draftVersion: number) => void
  dropLocal: () => void
  onState: (state: SaveState, failure: SaveFailure | null) => void
  onSaved: (source: string, saved: Saved) => void
}

const DELAY_MS = 600
const RETRY_MS = [1000, 2000, 4000, 8000, 15_000]

export class DraftQueue {
  baseRevision: number
  /** The server's count of saves, as of the text that it has confirmed. */
  version: number
  /** The text that the server has confirmed. */
  confirmed: string
  state: SaveState = 'saved'
  readonly #ports: DraftPorts
  #text: string
  #timer: ReturnType<typeof setTimeout> | undefined
  #inFlight: Promise<void> | null = null
  #failures = 0

  constructor(confirmed: string, baseRevision: number, version: number, ports: DraftPorts) {
    this.confirmed = confirmed
    this.#text = confirmed
    this.baseRevision = baseRevision
    this.version = version
    this.#ports = ports
  }

  get dirty(): boolean {
    return this.#text !== this.confirmed
  }

  /** The text changed; it is saved when typing rests. */
  edit(text: string): void {
    this.#text = text
    if (this.state === 'conflict') {
      this.#ports.keepLocal(text, this.baseRevision, this.version)
      return
    }
    if (!this.dirty && !this.#inFlight) {
      this.#settle()
      return
    }
    if (this.state !== 'saving') this.#become('pending')
    this.#schedule(DELAY_MS)
  }

  /** Saves at once; resolves when nothing is left to save, or saving failed. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#inFlight
    if (this.dirty && this.state !== 'conflict') await this.#send()
  }

  /** Resolves when no save is under way; schedules none: before a publish, which carries the text itself. */
  async idle(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#inFlight
    clearTimeout(this.#timer)
  }

  /** Takes up saving again after `idle`. */
  resume(): void {
    if (this.dirty && this.state !== 'conflict') this.#schedule(DELAY_MS)
  }

  /** Keeps what is not confirmed where the next page load finds it. Synchronous: for `pagehide`. */
  keep(): void {
    if (this.dirty) this.#ports.keepLocal(this.#text, this.baseRevision, this.version)
  }

  /** The server has this text for this base: after a publish, a rollback, a merge or a change from elsewhere. */
  rebase(confirmed: string, baseRevision: number, version = this.version): void {
    clearTimeout(this.#timer)
    this.confirmed = confirmed
    this.version = version
    this.baseRevision = baseRevision
    this.#failures = 0
    if (this.dirty) {
      this.#become('pending')
      this.#schedule(DELAY_MS)
    } else this.#settle()
  }

  /** What the server has and what stands here have to be merged before anything is saved. */
  hold(merge: MergeRequest): void {
    clearTimeout(this.#timer)
    this.keep()
    this.#become('conflict', { kind: 'conflict', merge })
  }

  /** Stops; nothing is saved any more (the function is gone or closed). */
  dispose(): void {
    clearTimeout(this.#timer)
  }

  #settle(): void {
    clearTimeout(this.#timer)
    this.#ports.dropLocal()
    this.#become('saved')
  }

  #schedule(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.flush(), ms)
  }

  #become(state: SaveState, failure: SaveFailure | null = null): void {
    this.state = state
    this.#ports.onState(state, failure)
  }

  #send(): Promise<void> {
    const text = this.#text
    const base = this.baseRevision
    const { version } = this
    this.#ports.keepLocal(text, base, version)
    this.#become('saving')
    this.#inFlight = this.#ports.save(text, base, version).then(
      (saved) => {
        this.#inFlight = null
        this.#failures = 0
        // A rebase meanwhile knows better than this answer.
        if (this.baseRevision !== base) return
        this.confirmed = text
        this.version = saved.draftVersion
        this.#ports.onSaved(text, saved)
        if (this.dirty) {
          this.#become('pending')
          this.#schedule(DELAY_MS)
        } else this.#settle()
      },
      (error: unknown) => {
        this.#inFlight = null
        // A rebase meanwhile made this answer pointless.
        if (this.baseRevision !== base) return
        const failure = this.#ports.classify(error)
        this.#become(failure.kind, failure)
        if (failure.kind === 'offline') {
          this.#schedule(RETRY_MS[Math.min(this.#failures++, RETRY_MS.length - 1)] ?? 15_000)
        }
      },
    )
    return this.#inFlight
  }
}
