import { identical } from '../bson/compare.ts'
import { type Doc, doc, Int32, int, isDoc, type Value } from '../bson/values.ts'
import { isIndex } from '../query/path.ts'

/** Names of fields, and Int32 for places in arrays. */
type Path = readonly (string | Int32)[]

/**
 * What an update changed, as change events tell it: dotted paths of what was set, removed and truncated, and the parts of
 * those paths that could be read in two ways (`disambiguatedPaths`).
 */
export function updateDescription(before: Doc, after: Doc): Doc {
  const updatedFields: Doc = new Map()
  const removedFields: Value[] = []
  const truncatedArrays: Value[] = []
  const disambiguatedPaths: Doc = new Map()
  const name = (path: Path): string => {
    const text = path.map((part) => (part instanceof Int32 ? part.value : part)).join('.')
    if (path.some(isAmbiguous)) disambiguatedPaths.set(text, [...path])
    return text
  }
  const visitFields = (path: Path, a: Doc, b: Doc): void => {
    for (const key of a.keys()) if (!b.has(key)) removedFields.push(name([...path, key]))
    for (const [key, v] of b) {
      if (a.has(key)) visit([...path, key], a.get(key)!, v)
      else updatedFields.set(name([...path, key]), v)
    }
  }
  const visit = (path: Path, a: Value, b: Value): void => {
    if (identical(a, b)) return
    if (isDoc(a) && isDoc(b)) {
      visitFields(path, a, b)
      return
    }
    if (Array.isArray(a) && Array.isArray(b) && b.length > 0) {
      const shared = Math.min(a.length, b.length)
      const same = a.slice(0, shared).every((v, i) => identical(v, b[i]))
      if (same && b.length < a.length) {
        truncatedArrays.push(doc({ field: name(path), newSize: int(b.length) }))
        return
      }
      if (b.length >= a.length) {
        b.forEach((v, i) => {
          if (i >= a.length) updatedFields.set(name([...path, int(i)]), v)
          else visit([...path, int(i)], a[i]!, v)
        })
        return
      }
    }
    updatedFields.set(name(path), b)
  }
  visitFields([], before, after)
  return doc({ updatedFields, removedFields, truncatedArrays, disambiguatedPaths })
}

/** A field whose name looks like a place in an array, or has a dot in it. */
function isAmbiguous(part: string | Int32): boolean {
  return typeof part === 'string' && (isIndex(part) || part.includes('.'))
}
