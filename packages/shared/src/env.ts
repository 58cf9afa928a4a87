import { z } from 'zod'
import { envLimits, envNameProblem } from './env-text.ts'
import { appidSchema } from './ids.ts'

export const envNameSchema = z.string().superRefine((name, ctx) => {
  const problem = envNameProblem(name)
  if (problem !== null) ctx.addIssue({ code: 'custom', message: problem })
})

const envValueSchema = z
  .string()
  .max(envLimits.totalBytes, `is larger than ${envLimits.totalBytes / 1000} kB`)
  .refine((value) => !value.includes('\0'), 'contains a NUL character')

const envEntrySchema = z.object({
  name: envNameSchema,
  /** Left out: what is stored stays. */
  value: envValueSchema.optional(),
  /** Left out: as it was; a new variable is secret, so that nothing is shown by oversight. */
  secret: z.boolean().optional(),
})
export type EnvEntry = z.infer<typeof envEntrySchema>

/** Inputs of `env.list`, `env.set` and `env.unset`. */
export const envInputs = {
  list: z.object({ appid: appidSchema }),
  /**
   * One call is one atomic change, of one variable (`name`, `value`, `secret`), of several (`variables`), or as the
   * text of an `.env` file (`text`, read as by Node's `util.parseEnv`; `secret` is for variables that are new).
   */
  set: z
    .object({
      appid: appidSchema,
      name: envNameSchema.optional(),
      value: envValueSchema.optional(),
      secret: z.boolean().optional(),
      variables: z.array(envEntrySchema).max(envLimits.variables).optional(),
      text: z.string().max(envLimits.textBytes).optional(),
      /** `replace`: variables that are not named are removed. */
      mode: z.enum(['merge', 'replace']).default('merge'),
      /** From `env.list`: refused with CHANGED_MEANWHILE when somebody changed the variables since. */
      baseVersion: z.number().int().min(0).optional(),
      /** Says what would change, and changes nothing. */
      dryRun: z.boolean().default(false),
    })
    .refine(
      ({ name, variables, text }) => [name, variables, text].filter((one) => one !== undefined).length === 1,
      { message: 'give one of name, variables and text' },
    )
    .refine(({ name, mode }) => name === undefined || mode === 'merge', {
      path: ['mode'],
      message: 'replace takes variables or text',
    }),
  unset: z.object({
    appid: appidSchema,
    names: z.array(z.string().max(1024)).min(1).max(envLimits.variables),
  }),
} as const

/** One variable of an app. */
export interface EnvVariableView {
  name: string
  secret: boolean
  /** Null for secrets: they are never shown again. */
  value: string | null
  updatedAt: string
  updatedBy: string
}

export interface EnvView {
  appid: string
  /** Counts changes; 0 = there never was a variable. */
  version: number
  /** By name. */
  variables: EnvVariableView[]
  usedBytes: number
  limitBytes: number
}

/** What a change did, or would do. Names, in alphabetical order. */
export interface EnvChange {
  version: number
  added: string[]
  changed: string[]
  removed: string[]
  /** Runtimes that had applied it when this was answered, of those that were up. */
  replicas: { live: number; total: number }
}
