import { invocationStorage } from './invocation-store.ts'

/** What `console` remembers between calls. */
interface ConsoleState {
  /** Spaces of the open groups. */
  indent: number
  readonly counts: Map<string, number>
  /** Since when, as by `performance.now()`. */
  readonly timers: Map<string, number>
}

/** Requests run at a time: a group that one of them has not closed indents no lines of another. */
const states = new WeakMap<object, ConsoleState>()
const outside = {}

/** The state of the request that runs; without `begin` only if it has one. */
export function consoleState(begin: 'begin'): ConsoleState
export function consoleState(): ConsoleState | undefined
export function consoleState(begin?: 'begin'): ConsoleState | undefined {
  const owner = invocationStorage.getStore() ?? outside
  const known = states.get(owner)
  if (known || !begin) return known
  const state: ConsoleState = { indent: 0, counts: new Map(), timers: new Map() }
  states.set(owner, state)
  return state
}
