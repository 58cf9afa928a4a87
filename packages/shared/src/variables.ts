import { z } from 'zod'
import { appidSchema } from './ids.ts'
import { storedRefSchema } from './run-request.ts'

/** `{{name}}` in a request; group: name. */
const PLACEHOLDER = /\{\{\s*([A-Za-z_][\w.-]{0,63})\s*\}\}/g

/** The names of the variables that a text refers to, each once. */
export function variableNames(text: string): string[] {
  return [...new Set([...text.matchAll(PLACEHOLDER)].map(([, name]) => name!))]
}

/**
 * A text with the values of variables in their places; those that are not among the values stay as they are.
 * What a value contains is not looked at again.
 * @param written how a value is written where the text stands
 */
export function substitute(
  text: string,
  values: ReadonlyMap<string, string>,
  written: (value: string) => string = (value) => value,
): string {
  return text.replace(PLACEHOLDER, (all, name: string) => {
    const value = values.get(name)
    return value === undefined ? all : written(value)
  })
}

const JSON_PIECE = /"(?:[^"\\]|\\[\s\S])*"|\{\{\s*[A-Za-z_][\w.-]{0,63}\s*\}\}/g

/** The same in JSON: inside of a string a value is escaped, elsewhere it stands as it is (a number, an object). */
export function substituteInJson(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(JSON_PIECE, (piece) =>
    piece.startsWith('"')
      ? substitute(piece, values, (value) => JSON.stringify(value).slice(1, -1))
      : substitute(piece, values),
  )
}

/** Limits of variable sets. */
export const variableSetLimits = { perApp: 20, variables: 100, valueChars: 32_000 } as const

const variableSetId = storedRefSchema.shape.id

/** Inputs of `variableSets.list save delete`. */
export const variableSetInputs = {
  list: z.object({ appid: appidSchema }),
  /** The whole set, in one step. */
  save: z.object({
    appid: appidSchema,
    /** Left out: a new set. */
    id: variableSetId.optional(),
    name: z.string().trim().min(1).max(64),
    variables: z
      .array(
        z.object({
          name: z
            .string()
            .regex(/^[A-Za-z_][\w.-]{0,63}$/, 'needs letters, digits, _ - and ., and no digit first'),
          /** Left out: what is stored stays. */
          value: z.string().max(variableSetLimits.valueChars).optional(),
          /** A secret value is never shown again. */
          secret: z.boolean().default(true),
        }),
      )
      .max(variableSetLimits.variables),
    /** From `variableSets.list`: refused with CHANGED_MEANWHILE when somebody changed the set since. */
    baseVersion: z.number().int().min(0).optional(),
  }),
  one: z.object({ appid: appidSchema, id: variableSetId }),
} as const
export type VariableSetSave = z.input<typeof variableSetInputs.save>

export interface VariableSetView {
  id: string
  name: string
  /** Counts changes. */
  version: number
  /** By name; the values of secret ones are null. */
  variables: { name: string; secret: boolean; value: string | null }[]
  updatedAt: string
  updatedBy: string
}
