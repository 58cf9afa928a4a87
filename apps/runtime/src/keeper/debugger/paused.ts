import type { Runtime, Debugger as V8 } from 'node:inspector'
import type { DebugFrame, DebugPaused, DebugPlace, DebugValue } from '@lathe/shared'
import { MODULE_ID } from '../../bridge/protocol.ts'
import type { SourceMaps } from '../source-maps.ts'

export interface FrameContext {
  /** The module of a function's script; undefined for scripts of others. */
  moduleOf(scriptId: string): string | undefined
  maps: SourceMaps
  value(remote: Runtime.RemoteObject): DebugValue
}

/** `script` holds what Lathe and Node have declared. */
const HIDDEN_SCOPES = new Set(['script'])
const ASYNC_FRAMES = 50

/**
 * What a person sees of a pause: frames in functions, at their places in TypeScript.
 * @param stepping the last command was a step
 * @returns `mapped`: whether the innermost frame stands at a line of the source
 */
export function pausedEvent(
  { reason, data, hitBreakpoints, callFrames, asyncStackTrace }: V8.PausedEventDataType,
  stepping: boolean,
  context: FrameContext,
): { paused: DebugPaused; mapped: boolean } {
  let mapped = false
  const frames: DebugFrame[] = []
  for (const frame of callFrames) {
    const module = context.moduleOf(frame.location.scriptId)
    if (module === undefined) continue
    const place = placeOf(module, frame.location, context.maps)
    if (frames.length === 0) mapped = place !== null
    frames.push(debugFrame(frame, place ?? unmapped(module), context))
  }
  const thrown = reason === 'exception' || reason === 'promiseRejection'
  return {
    mapped,
    paused: {
      type: 'paused',
      // V8 says `other` for whatever is no exception.
      reason: thrown ? 'exception' : hitBreakpoints?.length ? 'breakpoint' : stepping ? 'step' : 'pause',
      ...(thrown && data ? { exception: context.value(data as Runtime.RemoteObject) } : {}),
      frames,
      asyncFrames: asyncFrames(asyncStackTrace, context),
    },
  }
}

function debugFrame(frame: V8.CallFrame, place: DebugPlace, { value }: FrameContext): DebugFrame {
  return {
    callFrameId: frame.callFrameId,
    name: frame.functionName.slice(0, 1_000),
    place,
    canBeRestarted: (frame as { canBeRestarted?: boolean }).canBeRestarted ?? false,
    scopes: frame.scopeChain.flatMap(({ type, name, object }) =>
      HIDDEN_SCOPES.has(type) || !object.objectId
        ? []
        : [{ type, ...(name ? { name: name.slice(0, 1_000) } : {}), objectId: object.objectId }],
    ),
    this: value(frame.this),
    ...(frame.returnValue ? { returnValue: value(frame.returnValue) } : {}),
  }
}

function asyncFrames(trace: Runtime.StackTrace | undefined, { moduleOf, maps }: FrameContext) {
  const frames: DebugPaused['asyncFrames'] = []
  for (let one = trace; one; one = one.parent) {
    for (const { scriptId, functionName, lineNumber, columnNumber } of one.callFrames) {
      const module = moduleOf(scriptId)
      const place = module === undefined ? null : placeOf(module, { lineNumber, columnNumber }, maps)
      if (place) frames.push({ name: functionName.slice(0, 1_000), place })
    }
  }
  return frames.slice(0, ASYNC_FRAMES)
}

function placeOf(
  module: string,
  { lineNumber, columnNumber = 0 }: Pick<V8.Location, 'lineNumber' | 'columnNumber'>,
  maps: SourceMaps,
): DebugPlace | null {
  const found = maps.sourcePlace(module, lineNumber, columnNumber)
  return found && { functionName: nameOf(module), line: found.line, column: found.column }
}

function unmapped(module: string): DebugPlace {
  return { functionName: nameOf(module), line: 1, column: 1 }
}

function nameOf(module: string): string {
  return MODULE_ID.exec(module)![1]!
}
