import { Change, Combination, Condition } from './command.ts'

/** Makes an ObjectId of 24 hex digits. */
export type ToObjectId = (hex: string) => unknown

type Filter = Record<string, unknown>

const HEX_ID = /^[0-9a-f]{24}$/i

/** What a `where` of database-ql means as a MongoDB filter. */
export function toFilter(where: unknown, toObjectId: ToObjectId): Filter {
  if (where === undefined || where === null) return {}
  if (where instanceof Combination) {
    return { [where.operator]: where.parts.map((part) => toFilter(part, toObjectId)) }
  }
  if (typeof where !== 'object') throw new TypeError('where() takes an object or a combination of conditions')
  const filter: Filter = {}
  const joined: Filter[] = []
  for (const [name, value] of Object.entries(where)) {
    if (name.startsWith('$')) filter[name] = value
    else addField(filter, joined, name, value, toObjectId)
  }
  if (joined.length > 0) filter.$and = [...((filter.$and as Filter[] | undefined) ?? []), ...joined]
  return filter
}

function addField(
  filter: Filter,
  joined: Filter[],
  name: string,
  value: unknown,
  toObjectId: ToObjectId,
): void {
  if (value instanceof Combination) {
    joined.push({
      [value.operator]: value.parts.map((part) => fieldFilter(name, part, toObjectId)),
    })
  } else if (value instanceof Condition && ('$and' in value.filter || '$or' in value.filter)) {
    const operator = '$and' in value.filter ? '$and' : '$or'
    const parts = value.filter[operator] as unknown[]
    joined.push({ [operator]: parts.map((part) => fieldFilter(name, part, toObjectId)) })
  } else if (value instanceof Condition) {
    filter[name] = name === '_id' ? idsIn(value.filter, toObjectId) : value.filter
  } else if (name === '_id') filter[name] = idFilter(value, toObjectId)
  else if (isPlain(value)) {
    // `{ address: { city: 'x' } }` asks for the city, whatever else the address has.
    for (const [key, inner] of Object.entries(value)) {
      if (key.startsWith('$')) filter[name] = value
      else addField(filter, joined, `${name}.${key}`, inner, toObjectId)
    }
    if (Object.keys(value).length === 0) filter[name] = value
  } else filter[name] = value
}

function fieldFilter(name: string, value: unknown, toObjectId: ToObjectId): Filter {
  const filter: Filter = {}
  const joined: Filter[] = []
  addField(filter, joined, name, value, toObjectId)
  if (joined.length > 0) filter.$and = joined
  return filter
}

/** Ids are ObjectIds, or strings where a program has chosen so: written as text, both are looked for. */
export function idFilter(id: unknown, toObjectId: ToObjectId): unknown {
  return typeof id === 'string' && HEX_ID.test(id) ? { $in: [id, toObjectId(id)] } : id
}

function idsIn(filter: Filter, toObjectId: ToObjectId): Filter {
  const both = (id: unknown) => (typeof id === 'string' && HEX_ID.test(id) ? [id, toObjectId(id)] : [id])
  if (Array.isArray(filter.$in)) return { ...filter, $in: filter.$in.flatMap(both) }
  if (Array.isArray(filter.$nin)) return { ...filter, $nin: filter.$nin.flatMap(both) }
  if ('$eq' in filter) return { $in: both(filter.$eq) }
  if ('$ne' in filter) return { $nin: both(filter.$ne) }
  return filter
}

/** What the argument of `update` means as MongoDB's update operators; nested objects change only the fields they name. */
export function toUpdate(data: object): Record<string, Record<string, unknown>> {
  const update: Record<string, Record<string, unknown>> = {}
  const put = (operator: string, path: string, value: unknown) => {
    update[operator] ??= {}
    update[operator][path] = value
  }
  const walk = (prefix: string, value: object) => {
    for (const [name, inner] of Object.entries(value)) {
      if (prefix === '' && name.startsWith('$') && isPlain(inner)) {
        for (const [path, each] of Object.entries(inner)) put(name, path, each)
        continue
      }
      const path = prefix + name
      if (inner instanceof Change) put(inner.operator, path, inner.value)
      else if (isPlain(inner) && Object.keys(inner).length > 0) walk(`${path}.`, inner)
      else put('$set', path, inner)
    }
  }
  walk('', data)
  return update
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
