import { z } from 'zod'
import { appidSchema, instanceIdSchema } from './ids.ts'

/**
 * Node IPC between the api and the supervisor (its parent), for the runtime driver `local`.
 * The supervisor owns runtime processes so that they outlive an api that restarts; the api decides.
 */
export const supervisorRequestSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('runtime-start'),
    instanceId: instanceIdSchema,
    appid: appidSchema,
    /** The complete environment of the process. */
    env: z.record(z.string(), z.string()),
    /** Megabytes of V8 old space. */
    memoryMb: z.number().int().positive(),
    /** What of packages it may read; `LATHE_PACKAGES_DIR` lies in it. */
    packages: z.string().optional(),
    /** Packages with native addons may be loaded: they are outside of Node's permission model. */
    addons: z.boolean().optional(),
  }),
  /** Ask (by closing its standard input), then SIGKILL after `graceMs`. Answered by `runtime-exit`. */
  z.object({
    type: z.literal('runtime-stop'),
    instanceId: instanceIdSchema,
    graceMs: z.number().int().nonnegative(),
  }),
  z.object({ type: z.literal('runtime-list') }),
])
export type SupervisorRequest = z.infer<typeof supervisorRequestSchema>

export const supervisorEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('runtime-started'), instanceId: instanceIdSchema, pid: z.number().int() }),
  z.object({
    type: z.literal('runtime-exit'),
    instanceId: instanceIdSchema,
    code: z.number().int().nullable(),
    signal: z.string().nullable(),
    /** The last lines of stderr, for the app's phase. */
    stderr: z.string(),
  }),
  z.object({
    type: z.literal('runtime-list'),
    runtimes: z.array(z.object({ instanceId: instanceIdSchema, appid: appidSchema, pid: z.number().int() })),
  }),
])
export type SupervisorEvent = z.infer<typeof supervisorEventSchema>

/** A child of the supervisor (database, api, gateway) says that it serves, or why it cannot start. */
export const childReportSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('serving'), address: z.string() }),
  /** `setting` names what the operator has to change; `message` is one line that says how. */
  z.object({ type: z.literal('refused'), setting: z.string(), message: z.string() }),
  /** The api: while no account exists, the link that makes the first owner. */
  z.object({ type: z.literal('sign-in-link'), url: z.string() }),
])
export type ChildReport = z.infer<typeof childReportSchema>
