import { z } from 'zod'
import { appidSchema, functionNameSchema } from './ids.ts'

/**
 * What a browser may say to a debug runtime and what it hears: the part of the Chrome DevTools Protocol that is allowed,
 * under its own names, and a few verbs of ours (`Lathe.`) where the protocol knows nothing of TypeScript. Both the api and
 * the runtime's keeper parse with these schemas, so that whatever is not here goes nowhere.
 *
 * Places are in TypeScript source, 1-based like everywhere in Lathe; V8's own, in compiled code, stay in the keeper.
 * Protocol: https://chromedevtools.github.io/devtools-protocol/v8/
 */
const remoteId = z.string().min(1).max(256)
const expression = z.string().min(1).max(10_000)
const line = z.number().int().min(1).max(1_000_000)

export const breakpointSchema = z.strictObject({
  functionName: functionNameSchema,
  line,
  /** Pauses only when this expression is truthy. */
  condition: expression.optional(),
  /** Writes this to the log instead of pausing; `{expression}` stands for a value. */
  logMessage: expression.optional(),
})
export type Breakpoint = z.infer<typeof breakpointSchema>

const noParams = z.strictObject({}).prefault({})

export const debugCommandSchema = z.discriminatedUnion('method', [
  /** All breakpoints of the app: those that are not named are gone. Answers where each came to stand. */
  z.strictObject({
    method: z.literal('Lathe.setBreakpoints'),
    params: z.strictObject({ breakpoints: z.array(breakpointSchema).max(200) }),
  }),
  z.strictObject({
    method: z.literal('Debugger.setPauseOnExceptions'),
    params: z.strictObject({ state: z.enum(['none', 'uncaught', 'all']) }),
  }),
  z.strictObject({ method: z.literal('Debugger.pause'), params: noParams }),
  z.strictObject({ method: z.literal('Debugger.resume'), params: noParams }),
  z.strictObject({ method: z.literal('Debugger.stepOver'), params: noParams }),
  z.strictObject({ method: z.literal('Debugger.stepInto'), params: noParams }),
  z.strictObject({ method: z.literal('Debugger.stepOut'), params: noParams }),
  z.strictObject({
    method: z.literal('Debugger.restartFrame'),
    params: z.strictObject({ callFrameId: remoteId }),
  }),
  z.strictObject({
    method: z.literal('Debugger.evaluateOnCallFrame'),
    params: z.strictObject({
      callFrameId: remoteId,
      expression,
      /** For hovers and watches: fails instead of changing anything. */
      throwOnSideEffect: z.boolean().optional(),
    }),
  }),
  z.strictObject({
    method: z.literal('Runtime.getProperties'),
    params: z.strictObject({ objectId: remoteId }),
  }),
  z.strictObject({ method: z.literal('Profiler.startPreciseCoverage'), params: noParams }),
  /** Coverage since it was last taken. */
  z.strictObject({ method: z.literal('Profiler.takePreciseCoverage'), params: noParams }),
  z.strictObject({ method: z.literal('Profiler.stopPreciseCoverage'), params: noParams }),
  /** Functions with breakpoints are no part of a profile: V8 runs copies of them. */
  z.strictObject({ method: z.literal('Profiler.start'), params: noParams }),
  z.strictObject({ method: z.literal('Profiler.stop'), params: noParams }),
])
export type DebugCommand = z.infer<typeof debugCommandSchema>
export type DebugMethod = DebugCommand['method']

/** A value of the paused program. What has an `objectId` can be opened by `Runtime.getProperties`. */
export const debugValueSchema = z.object({
  type: z.string().max(32),
  subtype: z.string().max(32).optional(),
  /** As a console shows it, on one line: `{a: 1, b: Array(3)}`. */
  text: z.string().max(12_000),
  objectId: remoteId.optional(),
})
export type DebugValue = z.infer<typeof debugValueSchema>

export const debugPropertySchema = z.object({
  name: z.string().max(1_000),
  /** Null: a getter that was not called. */
  value: debugValueSchema.nullable(),
  /** `internal`: of V8's making, such as `[[Prototype]]` or `[[Entries]]`. */
  kind: z.enum(['own', 'internal']),
})
export type DebugProperty = z.infer<typeof debugPropertySchema>

export const debugPlaceSchema = z.object({
  /** The function in whose source it is. */
  functionName: z.string(),
  line: z.number().int(),
  column: z.number().int(),
})
export type DebugPlace = z.infer<typeof debugPlaceSchema>

export const debugFrameSchema = z.object({
  callFrameId: remoteId,
  /** The name of the JavaScript function; '' for an anonymous one. */
  name: z.string().max(1_000),
  place: debugPlaceSchema,
  canBeRestarted: z.boolean(),
  /** Innermost first. */
  scopes: z.array(
    z.object({ type: z.string().max(32), name: z.string().max(1_000).optional(), objectId: remoteId }),
  ),
  this: debugValueSchema,
  returnValue: debugValueSchema.optional(),
})
export type DebugFrame = z.infer<typeof debugFrameSchema>

export const boundBreakpointSchema = z.object({
  functionName: functionNameSchema,
  /** As it was asked for. */
  line: z.number().int(),
  /** Where it stands in code that is loaded; null while there is none. */
  boundLine: z.number().int().nullable(),
  /** Why it does not work as written. */
  problem: z.string().max(1_000).optional(),
})
export type BoundBreakpoint = z.infer<typeof boundBreakpointSchema>

const lineCountsSchema = z.object({
  functionName: z.string(),
  /** Line, how often it ran, and whether a part of it did not. */
  lines: z.array(z.tuple([z.number().int(), z.number().int(), z.boolean()])),
})
export type LineCounts = z.infer<typeof lineCountsSchema>

const lineTimesSchema = z.object({
  functionName: z.string(),
  /** Line, and processor time spent in it, in milliseconds. */
  lines: z.array(z.tuple([z.number().int(), z.number()])),
})
export type LineTimes = z.infer<typeof lineTimesSchema>

const nothing = z.object({})

/** What each command answers. */
export const debugResultSchemas = {
  'Lathe.setBreakpoints': z.object({ breakpoints: z.array(boundBreakpointSchema) }),
  'Debugger.setPauseOnExceptions': nothing,
  'Debugger.pause': nothing,
  'Debugger.resume': nothing,
  'Debugger.stepOver': nothing,
  'Debugger.stepInto': nothing,
  'Debugger.stepOut': nothing,
  'Debugger.restartFrame': nothing,
  /** `thrown`: the value is what the expression threw. */
  'Debugger.evaluateOnCallFrame': z.object({ value: debugValueSchema, thrown: z.boolean() }),
  /** `more`: properties that were left out. */
  'Runtime.getProperties': z.object({
    properties: z.array(debugPropertySchema),
    more: z.number().int(),
  }),
  'Profiler.startPreciseCoverage': nothing,
  'Profiler.takePreciseCoverage': z.object({ functions: z.array(lineCountsSchema) }),
  'Profiler.stopPreciseCoverage': nothing,
  'Profiler.start': nothing,
  'Profiler.stop': z.object({ functions: z.array(lineTimesSchema), sampledMs: z.number() }),
} as const satisfies Record<DebugMethod, z.ZodType>
export type DebugResults = { [M in DebugMethod]: z.infer<(typeof debugResultSchemas)[M]> }
export type DebugResult = DebugResults[DebugMethod]

const pausedSchema = z.object({
  type: z.literal('paused'),
  /** `pause`: by the Pause button or a `debugger` statement. */
  reason: z.enum(['breakpoint', 'step', 'exception', 'pause']),
  /** What was thrown. */
  exception: debugValueSchema.optional(),
  /** Frames in functions, innermost first; those of packages, of Node and of Lathe are left out. */
  frames: z.array(debugFrameSchema),
  /** Whoever awaits the outermost frame, and whoever awaits that. */
  asyncFrames: z.array(z.object({ name: z.string().max(1_000), place: debugPlaceSchema })),
})

/** What a debug runtime says by itself. */
export const debugEventSchema = z.discriminatedUnion('type', [
  pausedSchema,
  z.object({ type: z.literal('resumed') }),
  /** Code was loaded, or breakpoints were set: where they stand now. */
  z.object({ type: z.literal('breakpoints'), breakpoints: z.array(boundBreakpointSchema) }),
])
export type DebugEvent = z.infer<typeof debugEventSchema>
export type DebugPaused = z.infer<typeof pausedSchema>

/** runtime -> api, within `debug`. */
export const debugUpSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('result'), id: z.number().int(), result: z.unknown() }),
  z.object({ kind: z.literal('error'), id: z.number().int(), message: z.string().max(10_000) }),
  z.object({ kind: z.literal('event'), event: debugEventSchema }),
])
export type DebugUp = z.infer<typeof debugUpSchema>

/** What `debug.session` yields. */
export type DebugSessionEvent =
  | DebugEvent
  /** The debug runtime is there. `sessionId` goes into `debug.send` and `runs.execute`. */
  | { type: 'started'; sessionId: string }
  /** The last event. `message` says why, for a person. */
  | { type: 'ended'; reason: 'idle' | 'too-long' | 'process' | 'app'; message: string }

const sessionId = z.string().min(1).max(64)

export const debugInputs = {
  /** A subscription over SSE: the session lives as long as it is read. */
  session: z.object({ appid: appidSchema }),
  send: z.object({ appid: appidSchema, sessionId, command: debugCommandSchema }),
} as const
