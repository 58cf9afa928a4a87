import { identical } from '../bson/compare.ts'
import { type Doc, doc, int, isDoc, type Value } from '../bson/values.ts'

/** What an update changed, as change events tell it: dotted paths of what was set, removed and truncated. */
export function updateDescription(before: Doc, after: Doc): Doc {
  const updatedFields: Doc = new Map()
  const removedFields: Value[] = []
  const truncatedArrays: Value[] = []
  const visit = (path: string, a: Value, b: Value): void => {
    if (identical(a, b)) return
    if (isDoc(a) && isDoc(b)) {
      for (const key of a.keys()) if (!b.has(key)) removedFields.push(join(path, key))
      for (const [key, v] of b) {
        if (a.has(key)) visit(join(path, key), a.get(key)!, v)
        else updatedFields.set(join(path, key), v)
      }
      return
    }
    if (Array.isArray(a) && Array.isArray(b) && b.length > 0) {
      const shared = Math.min(a.length, b.length)
      const same = a.slice(0, shared).every((v, i) => identical(v, b[i]))
      if (same && b.length < a.length) {
        truncatedArrays.push(doc({ field: path, newSize: int(b.length) }))
        return
      }
      if (b.length >= a.length) {
        b.forEach((v, i) => {
          if (i >= a.length) updatedFields.set(join(path, String(i)), v)
          else visit(join(path, String(i)), a[i]!, v)
        })
        return
      }
    }
    updatedFields.set(path, b)
  }
  for (const key of before.keys()) if (!after.has(key)) removedFields.push(key)
  for (const [key, v] of after) {
    if (before.has(key)) visit(key, before.get(key)!, v)
    else updatedFields.set(key, v)
  }
  return doc({ updatedFields, removedFields, truncatedArrays })
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}
