import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { CaseResult, TestEvent, TestTarget } from '@lathe/shared'
import type { Context } from '../../context.ts'
import type { RuntimeChannel } from '../../control/runtime-channel.ts'
import { randomToken } from '../../hash.ts'
import type { Judge } from '../../judge/judge.ts'
import type { CaseDoc } from '../../mongo/case-documents.ts'
import type { AppDoc } from '../../mongo/documents.ts'
import { Refusal } from '../../refusal.ts'
import { Semaphore } from '../../semaphore.ts'
import { requestOf } from '../cases/view.ts'
import { loadRun, runtimesFor } from '../runs/load.ts'
import { overlayOf } from '../runs/overlay.ts'
import { sendRequest } from '../runs/send-request.ts'
import { sendableOf } from '../runs/sendable.ts'
import type { CaseGroup } from './case-groups.ts'

/** Functions whose cases run at the same time; cases of one function run one after the other, in their order. */
const FUNCTIONS_AT_ONCE = 4
/** How long the last lines of a function's cases are waited for. */
const LINGER_MS = 150

export interface CaseRun {
  judge: Judge
  signal: AbortSignal
  tell(event: TestEvent): void
}

/**
 * Runs cases by real requests through the gateway, as runs from the panel: the draft (with the drafts behind its
 * imports) is loaded once per function.
 * @param instead drafts to be tried in place of the saved ones
 */
export async function runCases(
  context: Context,
  app: AppDoc,
  groups: CaseGroup[],
  target: TestTarget,
  instead: ReadonlyMap<string, string>,
  run: CaseRun,
): Promise<void> {
  if (groups.length === 0) return
  const channels = await runtimesFor(context, app)
  const places = new Semaphore(FUNCTIONS_AT_ONCE)
  await Promise.all(
    groups.map((group) =>
      places.run(() =>
        new GroupRun(context, app, channels, group, draftOf(group, target, instead), run).perform(),
      ),
    ),
  )
}

/** The draft to run, with the other drafts behind its imports or without them; null: what is live. */
type Draft = { source: string; isAlone: boolean } | null

function draftOf({ fn }: CaseGroup, target: TestTarget, instead: ReadonlyMap<string, string>): Draft {
  const isAlone = target === 'live'
  const source = instead.get(fn.name) ?? (isAlone ? undefined : fn.draft.source)
  return source === undefined ? null : { source, isAlone }
}

class GroupRun {
  #context: Context
  #app: AppDoc
  #channels: RuntimeChannel[]
  #group: CaseGroup
  #draft: Draft
  #run: CaseRun
  #runId = randomUUID()
  #runToken = randomToken()

  constructor(
    context: Context,
    app: AppDoc,
    channels: RuntimeChannel[],
    group: CaseGroup,
    draft: Draft,
    run: CaseRun,
  ) {
    this.#context = context
    this.#app = app
    this.#channels = channels
    this.#group = group
    this.#draft = draft
    this.#run = run
  }

  async perform(): Promise<void> {
    const { fn, cases } = this.#group
    const { signal, tell } = this.#run
    signal.throwIfAborted()
    const unsubscribe = this.#context.logs.subscribe(fn.appid, {
      line: (_id, line) => {
        if (line.runId === this.#runId) tell({ type: 'log', line })
      },
    })
    try {
      const problem = await this.#load()
      for (const one of cases) {
        tell({
          type: 'case',
          result: problem === null ? await this.#perform(one) : this.#failed(one, problem),
        })
      }
      await delay(LINGER_MS, undefined, { signal })
    } finally {
      unsubscribe()
      for (const channel of this.#channels) channel.endRun(this.#runId)
    }
  }

  /** @returns why no case of this function can run */
  async #load(): Promise<string | null> {
    const { fn } = this.#group
    if (this.#draft === null && fn.liveRevision === 0) return `${fn.name} is not published.`
    try {
      const { mongo } = this.#context
      const overlay = this.#draft ? await overlayOf(mongo, fn, this.#draft.source, this.#draft.isAlone) : []
      await loadRun(this.#channels, { runId: this.#runId, runToken: this.#runToken, name: fn.name, overlay })
      return null
    } catch (error) {
      if (error instanceof Refusal) return error.message
      throw error
    }
  }

  async #perform(one: CaseDoc): Promise<CaseResult> {
    const { fn } = this.#group
    const { signal, judge } = this.#run
    signal.throwIfAborted()
    const target = { appid: fn.appid, name: fn.name, runToken: this.#runToken }
    try {
      const request = requestOf(this.#context.secrets, one)
      const sendable = await sendableOf(this.#context, this.#app, request)
      const response = await sendRequest(this.#context, target, sendable, signal)
      const checks = await judge.check(response, one.expectations)
      const { durationMs, status, requestId } = response
      const state = checks.every(({ passed }) => passed) ? 'passed' : 'failed'
      return { ...this.#failed(one, null), state, durationMs, status, requestId, checks }
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof Refusal) return this.#failed(one, error.message)
      throw error
    }
  }

  #failed({ _id, name }: CaseDoc, error: string | null): CaseResult {
    return {
      id: _id,
      functionName: this.#group.fn.name,
      name,
      state: 'failed',
      durationMs: 0,
      status: null,
      requestId: null,
      checks: [],
      error,
    }
  }
}
