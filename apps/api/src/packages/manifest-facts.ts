import type { Manifest } from './registry-client.ts'

/** Facts about a package from its package.json or its manifest in the registry, none of which can be relied on. */

export function licenseOf(license: unknown): string | null {
  if (typeof license === 'string') return license.slice(0, 100)
  // Before SPDX: { type, url }, or a list of them.
  if (Array.isArray(license)) return license.map(licenseOf).filter(Boolean).join(' OR ') || null
  if (typeof license === 'object' && license !== null && 'type' in license) return licenseOf(license.type)
  return null
}

/** A non-empty message of deprecation. */
export function deprecationOf(manifest: Manifest): string | null {
  const { deprecated } = manifest
  if (typeof deprecated === 'string' && deprecated !== '') return deprecated.slice(0, 1000)
  return deprecated === true ? 'deprecated' : null
}

export function hasOwnTypes(manifest: Manifest): boolean {
  if (typeof manifest.types === 'string' || typeof manifest.typings === 'string') return true
  return exportsTypes(manifest.exports, 0)
}

/** `types` conditions stand at any depth of `exports`; TypeScript also takes `types@<range>`. */
function exportsTypes(exported: unknown, depth: number): boolean {
  if (typeof exported !== 'object' || exported === null || depth > 8) return false
  return Object.entries(exported).some(
    ([key, value]) => key === 'types' || key.startsWith('types@') || exportsTypes(value, depth + 1),
  )
}

const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall']

/** npm runs these when a package is installed; with `binding.gyp` and none of them, it builds with node-gyp. */
export function hasInstallScripts(manifest: Manifest): boolean {
  const { scripts } = manifest
  if (manifest.hasInstallScript === true || manifest.gypfile === true) return true
  return scripts !== undefined && INSTALL_SCRIPTS.some((name) => typeof scripts[name] === 'string')
}

/** Packages that load `.node` files name one of the loaders, or are a build for one platform. */
export function looksNative(manifest: Manifest & { os?: unknown; cpu?: unknown; main?: unknown }): boolean {
  if (manifest.gypfile === true) return true
  if (typeof manifest.main === 'string' && manifest.main.endsWith('.node')) return true
  const loaders = ['node-gyp-build', 'bindings', 'node-pre-gyp', '@mapbox/node-pre-gyp', 'prebuild-install']
  return loaders.some((loader) => manifest.dependencies?.[loader] !== undefined)
}
