const EXTENSION = /\.(?:ts|tsx|mts|js|mjs)$/

/** What Laf's oldest functions import its module by. */
const CLOUD_SDK = '@/cloud-sdk'

/** The runtime's own module, under all its names. */
export function isCloudSpecifier(specifier: string): boolean {
  return specifier === '@lathe/cloud' || specifier === '@lafjs/cloud' || specifier === CLOUD_SDK
}

/**
 * Which function an import means: `@/users/util` from the root, `./util` and `../util` from the importer's folder, with
 * or without an extension.
 * @returns the function's name; null when the specifier means something else (a package, a builtin, a URL)
 */
export function functionOf(specifier: string, importer: string): string | null {
  let path: string
  if (specifier === CLOUD_SDK) return null
  if (specifier.startsWith('@/')) path = specifier.slice(2)
  else if (specifier.startsWith('./') || specifier.startsWith('../')) {
    const folder = importer.split('/').slice(0, -1)
    for (const segment of specifier.split('/')) {
      if (segment === '.') continue
      if (segment === '..') {
        // Above the root nothing exists: keep the dots, so that the name is not found and the message shows them.
        if (folder.length === 0) return specifier
        folder.pop()
      } else folder.push(segment)
    }
    path = folder.join('/')
  } else return null
  return path.replace(EXTENSION, '')
}
