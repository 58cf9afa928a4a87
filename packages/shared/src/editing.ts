import { z } from 'zod'
import { appidSchema, functionNameSchema } from './ids.ts'

/** What the editor alone talks about with the API: drafts as a whole app, who else is there, personal settings. */

/** Names a page of the console among all that are open, as long as it lives. */
export const windowSchema = z.string().regex(/^[A-Za-z0-9-]{8,40}$/, 'not a window id')

/** How many functions one publish may carry. */
export const PUBLISH_MANY_MAX = 100
/** A folder with all that is in it. */
const RENAME_MANY_MAX = 500

const knownDraft = {
  /**
   * The version of the draft that the sender knows. With it, a draft that somebody saved meanwhile is not covered:
   * DRAFT_CONFLICT. Without it, the last save stands.
   */
  draftVersion: z.number().int().min(1).optional(),
  /** Which window sends: what it saved itself, though it did not hear so, is no conflict. */
  window: windowSchema.optional(),
}

const draftInput = {
  name: functionNameSchema,
  baseRevision: z.number().int().min(0),
  ...knownDraft,
}

/** What the console does about type errors when something is published: list them, list and refuse, or not look. */
export const typeCheckSchema = z.enum(['off', 'warn', 'refuse'])
export type TypeCheck = z.infer<typeof typeCheckSchema>

export const editingInputs = {
  saveDraft: z.object({ appid: appidSchema, ...draftInput, source: z.string() }),
  publish: z.object({
    appid: appidSchema,
    ...draftInput,
    /** Without it, the saved draft. */
    source: z.string().optional(),
    note: z.string().max(500).optional(),
  }),
  publishMany: z.object({
    appid: appidSchema,
    functions: z
      .array(z.object({ ...draftInput, source: z.string().optional() }))
      .min(1)
      .max(PUBLISH_MANY_MAX)
      .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'each function once'),
    note: z.string().max(500).optional(),
  }),
  renameMany: z.object({
    appid: appidSchema,
    moves: z
      .array(z.object({ name: functionNameSchema, newName: functionNameSchema }))
      .min(1)
      .max(RENAME_MANY_MAX)
      .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'each function once')
      .refine((all) => new Set(all.map(({ newName }) => newName)).size === all.length, 'each name once'),
  }),
  sources: z.object({
    appid: appidSchema,
    /** Only functions whose names come after this one: the next page. */
    after: functionNameSchema.optional(),
  }),
  follow: z.object({
    appid: appidSchema,
    window: windowSchema,
    functionName: functionNameSchema.nullable().default(null),
    /** Set by tRPC's client when it reconnects; there is nothing to catch up with. */
    lastEventId: z.string().max(64).nullish(),
  }),
  at: z.object({
    appid: appidSchema,
    window: windowSchema,
    functionName: functionNameSchema.nullable(),
    /** Types in it, and does not only look at it. */
    editing: z.boolean(),
  }),
} as const

/** One function's draft, as the editor needs it to know the whole app. */
export interface SourceView {
  name: string
  source: string
  baseRevision: number
  draftVersion: number
  liveRevision: number
  draftDiffers: boolean
}

/** A page of `functions.sources`; `next` is the `after` of the next one, null at the end. */
export interface SourcesPage {
  sources: SourceView[]
  next: string | null
}

export interface PublishManyResult {
  /** In the order of the call. */
  functions: { name: string; revision: number }[]
  /** From the request's arrival at the api to the last runtime's answer; null when no runtime was up. */
  liveInMs: number | null
  replicas: { live: number; total: number }
}

/** A page of the console that somebody has open on this app. */
export interface Present {
  window: string
  /** The account's name, for people; `you` when it is the caller's own other window. */
  who: string
  you: boolean
  functionName: string | null
  editing: boolean
}

/**
 * What `presence.follow` yields: everybody but the caller's window, where the functions stand that are open, and of what
 * kind anybody has changed something since the last event.
 */
export interface PresenceEvent {
  people: Present[]
  functions: { name: string; draftVersion: number; liveRevision: number }[]
  /** First parts of procedures' names: `env`, `triggers`; `*` where it is not known. */
  changed: string[]
}

/** How sources are formatted, and how imports are written into them. */
const sourceStyleSchema = z.object({
  /** The column at which a line should have ended. */
  lineWidth: z.number().int().min(40).max(240),
  semicolons: z.boolean(),
  singleQuotes: z.boolean(),
})
export type SourceStyle = z.infer<typeof sourceStyleSchema>

export const preferencesSchema = sourceStyleSchema.extend({
  theme: z.enum(['system', 'dark', 'light', 'contrast']),
  locale: z.enum(['en', 'zh-CN']),
  fontSize: z.number().int().min(10).max(24),
  wordWrap: z.boolean(),
  minimap: z.boolean(),
  formatOnSave: z.boolean(),
  vim: z.boolean(),
})
/** What a person chose for the console; kept with the account. */
export type Preferences = z.infer<typeof preferencesSchema>
