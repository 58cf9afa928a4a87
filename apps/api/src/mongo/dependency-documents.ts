import type { InstallFailure, TypesOrigin } from '@lathe/shared'

/** One package that an app asked for, as it is installed. */
export interface InstalledDependency {
  name: string
  range: string
  version: string
  sizeBytes: number
  types: TypesOrigin
  license: string | null
  native: boolean
  hasScripts: boolean
  importMs: number | null
  importBytes: number | null
  addedAt: Date
  addedBy: string
}

/** A set of packages: what was asked for, exactly what came of it, and where it stands on this machine. */
export interface PackageSet {
  packages: InstalledDependency[]
  /** pnpm's lockfile; null = no packages. */
  lockfile: string | null
  /** Folder of the generation; made anew from the lockfile where it is missing. */
  generation: string
  totalPackages: number
  totalBytes: number
}

export interface DependenciesDoc extends PackageSet {
  /** The appid. */
  _id: string
  /** Counts changes of the set: a change is written only over the one that it was made from. */
  version: number
  nativeAddons: boolean
  /** Packages whose install scripts may run. */
  scripts: string[]
  change: {
    id: string
    state: 'running' | 'done' | 'failed'
    title: string
    startedAt: Date
    by: string
    failure: InstallFailure | null
    message: string | null
  } | null
  /** While a fresh runtime takes over: what is in use again if it does not. */
  previous: (PackageSet & { nativeAddons: boolean; scripts: string[] }) | null
}

/** A registry of a team's own. */
export interface RegistryDoc {
  _id: string
  teamId: string
  /** `@scope`; '' = all packages without a registry of their own scope. */
  scope: string
  url: string
  /** Sealed; null = none. */
  token: string | null
  updatedAt: Date
  updatedBy: string
}
