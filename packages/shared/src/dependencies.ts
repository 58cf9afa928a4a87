import { z } from 'zod'
import { appidSchema } from './ids.ts'

/** Longest name that the npm registry takes. */
const NAME_MAX = 214

/**
 * A package's name, by npm's rules (https://docs.npmjs.com/cli/configuring-npm/package-json#name). Capitals are let
 * through, since a few old packages have them. Anything that is not a plain name (a path, a URL, an option) is not.
 */
export const packageNameSchema = z
  .string()
  .max(NAME_MAX)
  .regex(
    /^(?:@[a-zA-Z0-9~-][a-zA-Z0-9._~-]*\/)?[a-zA-Z0-9~][a-zA-Z0-9._~-]*$/,
    'is not the name of an npm package',
  )
  .refine((name) => !['node_modules', 'favicon.ico', '__proto__'].includes(name.toLowerCase()), 'is reserved')

/**
 * What may be asked for: a semver range (`^1.2.0`, `~1.2`, `1.2.3`, `>=1 <3`, `*`) or a tag (`latest`, `next`).
 * Addresses, paths, aliases and protocols are refused. Whether it is a real range is decided by the api, with semver.
 */
export const packageRangeSchema = z
  .string()
  .trim()
  .min(1)
  .max(128)
  .regex(/^[a-zA-Z0-9.^~<>=|*+ -]+$/, 'is neither a version range nor a tag')
  .refine((range) => !range.startsWith('-'), 'is neither a version range nor a tag')

export const packageRequestSchema = z.object({
  name: packageNameSchema,
  range: packageRangeSchema.default('latest'),
})
export type PackageRequest = z.infer<typeof packageRequestSchema>

/** Why a change of an app's packages did not happen. The set that was in use stays in use. */
export const installFailureSchema = z.enum([
  'PACKAGE_NOT_FOUND',
  'VERSION_NOT_FOUND',
  'REGISTRY_UNREACHABLE',
  'REGISTRY_UNAUTHORIZED',
  'INTEGRITY', // what came is not what the registry promised
  'BAD_PACKAGE', // cannot be unpacked, or tries to leave its folder
  'PACKAGE_TOO_LARGE',
  'QUOTA_EXCEEDED',
  'NATIVE_NOT_ALLOWED',
  'SCRIPT_FAILED',
  'SCRIPTS_NEED_SANDBOX',
  'EXOTIC_DEPENDENCY', // something below it comes from git, a path or a URL
  'RUNTIME_REFUSED', // the runtime did not start with the new set
  'DISK_FULL',
  'APP_DELETED',
  'INTERRUPTED', // the server stopped meanwhile
  'CANCELLED',
  'FAILED',
])
export type InstallFailure = z.infer<typeof installFailureSchema>

const changeId = z.string()

/** What `dependencies.progress` yields: the state at once, then every change of it. Sizes in bytes. */
export const dependencyProgressSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('idle') }),
  z.object({ type: z.literal('queued'), changeId, position: z.number().int() }),
  z.object({ type: z.literal('resolving'), changeId, resolved: z.number().int() }),
  z.object({
    type: z.literal('fetching'),
    changeId,
    done: z.number().int(),
    total: z.number().int(),
    bytes: z.number().int(),
  }),
  z.object({ type: z.literal('linking'), changeId, done: z.number().int(), total: z.number().int() }),
  /** A fresh runtime starts beside the old one. */
  z.object({ type: z.literal('replacing'), changeId }),
  z.object({
    type: z.literal('done'),
    changeId,
    inMs: z.number(),
    added: z.array(z.string()),
    removed: z.array(z.string()),
    changed: z.array(z.string()),
    /** A fresh runtime took over; otherwise the running one goes on and can import what is new. */
    replaced: z.boolean(),
  }),
  z.object({ type: z.literal('failed'), changeId, failure: installFailureSchema, message: z.string() }),
])
export type DependencyProgress = z.infer<typeof dependencyProgressSchema>

/** Where a package's types come from. */
export type TypesOrigin = 'own' | '@types' | 'none'

/** One package that the app asked for. */
export interface DependencyView {
  name: string
  range: string
  version: string
  /** Unpacked bytes of this package alone. */
  sizeBytes: number
  types: TypesOrigin
  license: string | null
  /** Names of functions whose draft or live source imports it. */
  usedBy: string[]
  native: boolean
  /** Install scripts: it has none, they were not run, or they were allowed. */
  scripts: 'none' | 'blocked' | 'allowed'
  /** Measured in a throwaway process; null until then, or when importing it fails there. */
  importMs: number | null
  importBytes: number | null
  addedAt: string
  addedBy: string
}

/** The last change of the set, or the one that is under way. */
export interface DependencyChange {
  id: string
  state: 'running' | 'done' | 'failed'
  /** E.g. `add lodash@^4`. */
  title: string
  startedAt: string
  by: string
  failure: InstallFailure | null
  message: string | null
}

export interface DependenciesView {
  appid: string
  dependencies: DependencyView[]
  /** Packages imported by functions and not installed: what the page and the editor offer to add. */
  missing: { name: string; usedBy: string[] }[]
  /** All packages, those below included. */
  totalPackages: number
  usedBytes: number
  limitBytes: number
  /** What the app's owner has allowed. */
  permissions: { nativeAddons: boolean; scripts: string[] }
  change: DependencyChange | null
}

/** One result of a search. What the registry does not give is null. */
export interface PackageHit {
  name: string
  version: string
  description: string
  license: string | null
  weeklyDownloads: number | null
  publishedAt: string | null
  deprecated: string | null
  types: TypesOrigin | null
  /** It is the package of exactly this name. */
  exact: boolean
}

export interface PackageSearch {
  hits: PackageHit[]
  /** `exact-only`: this registry has no search, packages are found by exact name; `unreachable`: it did not answer. */
  state: 'ok' | 'exact-only' | 'unreachable' | 'unauthorized'
  /** What the page says about a state that is not `ok`. */
  message: string | null
}

export interface PackageVersions {
  name: string
  description: string
  license: string | null
  types: TypesOrigin
  /** Newest first; at most 500. */
  versions: { version: string; publishedAt: string | null; deprecated: string | null }[]
  tags: Record<string, string>
}

export interface Advisory {
  name: string
  version: string
  severity: string
  title: string
  url: string | null
}

/** One package that a change would bring. */
export interface ReceiptPackage {
  name: string
  version: string
  /** It was asked for; the others come with it. */
  direct: boolean
  unpackedBytes: number | null
  license: string | null
  deprecated: string | null
  scripts: boolean
  native: boolean
}

/** What a change would do, before it is done. */
export interface Receipt {
  added: ReceiptPackage[]
  removed: { name: string; version: string }[]
  changed: { name: string; from: string; to: string }[]
  /** Sum over `added`; packages whose size the registry does not tell are counted in `unknownSizes`. */
  unpackedBytes: number
  unknownSizes: number
  licenses: { license: string; count: number }[]
  advisories: Advisory[]
  /** Null when the registry answered; otherwise why nothing is known of advisories. */
  advisoriesUnknown: string | null
  /** The change needs a fresh runtime; otherwise what is new can be imported at once. */
  replaces: boolean
}

/** What the registry says of the installed packages. */
export interface DependencyCheck {
  packages: { name: string; latest: string | null; wanted: string | null; deprecated: string | null }[]
  advisories: Advisory[]
  advisoriesUnknown: string | null
}

/** One registry of a team; its token is never shown again. */
export interface RegistryView {
  /** `@scope`, or null for all packages without a registry of their own scope. */
  scope: string | null
  url: string
  hasToken: boolean
  updatedAt: string
}

const scopeSchema = z.string().regex(/^@[a-z0-9~-][a-z0-9._~-]{0,63}$/, 'is not a scope, e.g. @acme')

const packages = z.array(packageRequestSchema).min(1).max(200)
const names = z.array(packageNameSchema).min(1).max(200)

/** Inputs of the procedures `dependencies.*`. */
export const dependencyInputs = {
  app: z.object({ appid: appidSchema }),
  search: z.object({ appid: appidSchema, text: z.string().trim().min(1).max(NAME_MAX) }),
  package: z.object({ appid: appidSchema, name: packageNameSchema }),
  receipt: z.object({ appid: appidSchema, packages }),
  add: z.object({ appid: appidSchema, packages }),
  remove: z.object({
    appid: appidSchema,
    names,
    /** Remove also what functions still import. */
    force: z.boolean().default(false),
  }),
  /** Without `names`, all. `wanted`: newest within the range; `latest`: newest at all. */
  update: z.object({
    appid: appidSchema,
    names: names.optional(),
    to: z.enum(['wanted', 'latest']).default('wanted'),
  }),
  cancel: z.object({ appid: appidSchema, changeId: z.string().max(64) }),
  permissions: z.object({
    appid: appidSchema,
    nativeAddons: z.boolean().optional(),
    scripts: z.array(packageNameSchema).max(100).optional(),
  }),
  registrySave: z.object({
    teamId: z.string().min(1).max(64),
    scope: scopeSchema.nullable().default(null),
    url: z
      .url({ protocol: /^https?$/, error: 'must be an http or https address' })
      .max(500)
      .refine((url) => !/[?#@]/.test(url), 'must have no user, query or fragment'),
    /** Left out: the stored one stays; null: it goes. */
    token: z
      .string()
      .regex(/^[\x21-\x23\x25-\x7e]{1,2000}$/, 'must be printable, without spaces and $')
      .nullish(),
  }),
  registryRemove: z.object({
    teamId: z.string().min(1).max(64),
    scope: scopeSchema.nullable().default(null),
  }),
  team: z.object({ teamId: z.string().min(1).max(64) }),
} as const

/**
 * The package that an import specifier means: `lodash/get` -> `lodash`, `@scope/name/x` -> `@scope/name`.
 * @returns null for builtins written with `node:`, other functions, paths and URLs
 */
export function packageOfSpecifier(specifier: string): string | null {
  if (/^(?:[./#]|@\/|[a-z][a-z0-9+.-]*:)/i.test(specifier)) return null
  const [first = '', second = ''] = specifier.split('/')
  const name = first.startsWith('@') ? `${first}/${second}` : first
  return packageNameSchema.safeParse(name).success ? name : null
}

/** The package that has the types of one without its own: `@types/name`, with a scope `@types/scope__name`. */
export function typesPackageOf(name: string): string {
  return `@types/${name.startsWith('@') ? name.slice(1).replace('/', '__') : name}`
}

/** What `import ... from` a package can bring in. A name that stands for both a value and a type is a value. */
export interface ExportedNames {
  values: string[]
  types: string[]
}
