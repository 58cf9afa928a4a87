import { z } from 'zod'

/** A value as a browser's console shows it: one line, and what is inside when it opens. */
export interface ConsoleValue {
  type:
    | 'string'
    | 'number'
    | 'bigint'
    | 'boolean'
    | 'undefined'
    | 'null'
    | 'symbol'
    | 'function'
    | 'object'
    | 'error'
    /** It was not run: `text` says which accessors there are. */
    | 'accessor'
  text: string
  /** Of what `%c` was written for: its CSS, as it was given. */
  style?: string | undefined
  /** A part of a format: it follows what is before without a space. */
  joined?: true | undefined
  /** Of `console.table`: the columns that were asked for; none for all. */
  table?: string[] | undefined
  /** Absent where there is nothing to open. */
  inside?: [name: string, value: ConsoleValue][] | undefined
  /** Entries that were left out. */
  more?: number | undefined
}

export const consoleValueSchema: z.ZodType<ConsoleValue> = z.lazy(() =>
  z.object({
    type: z.enum([
      'string',
      'number',
      'bigint',
      'boolean',
      'undefined',
      'null',
      'symbol',
      'function',
      'object',
      'error',
      'accessor',
    ]),
    text: z.string(),
    style: z.string().optional(),
    joined: z.literal(true).optional(),
    table: z.array(z.string()).optional(),
    inside: z.array(z.tuple([z.string(), consoleValueSchema])).optional(),
    more: z.number().int().optional(),
  }),
)
