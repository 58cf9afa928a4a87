/** Marks objects that stand for an operator instead of a value. */
const COMMAND = Symbol.for('lathe.database.command')

/** A condition of a query, e.g. `_.gt(18)`; conditions can be joined: `_.gt(18).and(_.lt(65))`. */
export class Condition {
  readonly [COMMAND] = 'query'
  /** What stands for the field in a MongoDB filter. */
  readonly filter: Record<string, unknown>

  constructor(filter: Record<string, unknown>) {
    this.filter = filter
  }

  /** Both must hold. */
  and(...others: Condition[]): Condition {
    return new Condition({ $and: [this, ...others] })
  }

  /** One of them must hold. */
  or(...others: Condition[]): Condition {
    return new Condition({ $or: [this, ...others] })
  }
}

/** A change of one field, e.g. `_.inc(1)`. */
export class Change {
  readonly [COMMAND] = 'update'
  /** MongoDB's update operator. */
  readonly operator: string
  readonly value: unknown

  constructor(operator: string, value: unknown) {
    this.operator = operator
    this.value = value
  }
}

/** Conditions over whole documents, e.g. `_.or([{ a: 1 }, { b: 2 }])`. */
export class Combination {
  readonly [COMMAND] = 'combination'
  readonly operator: '$and' | '$or' | '$nor'
  readonly parts: readonly unknown[]

  constructor(operator: '$and' | '$or' | '$nor', parts: readonly unknown[]) {
    this.operator = operator
    this.parts = parts
  }
}

const condition = (operator: string) => (value: unknown) => new Condition({ [operator]: value })
const listed = (operator: string) => (values: readonly unknown[]) => new Condition({ [operator]: values })
const combined =
  (operator: '$and' | '$or' | '$nor') =>
  (...parts: unknown[]) =>
    new Combination(operator, parts.length === 1 && Array.isArray(parts[0]) ? parts[0] : parts)
const each = (value: unknown) => ({ $each: Array.isArray(value) ? value : [value] })

/** The operators of database-ql: `const _ = cloud.database().command`. */
export const command = {
  eq: condition('$eq'),
  neq: condition('$ne'),
  gt: condition('$gt'),
  gte: condition('$gte'),
  lt: condition('$lt'),
  lte: condition('$lte'),
  in: listed('$in'),
  nin: listed('$nin'),
  all: listed('$all'),
  exists: (value = true) => new Condition({ $exists: value }),
  size: condition('$size'),
  mod: (divisor: number, remainder: number) => new Condition({ $mod: [divisor, remainder] }),
  elemMatch: condition('$elemMatch'),
  not: (inner: Condition) => new Condition({ $not: inner.filter }),
  like: (text: string) =>
    new Condition({ $regex: text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), $options: 'i' }),
  and: combined('$and'),
  or: combined('$or'),
  nor: combined('$nor'),
  set: (value: unknown) => new Change('$set', value),
  remove: () => new Change('$unset', ''),
  inc: (value: number) => new Change('$inc', value),
  mul: (value: number) => new Change('$mul', value),
  max: (value: unknown) => new Change('$max', value),
  min: (value: unknown) => new Change('$min', value),
  rename: (name: string) => new Change('$rename', name),
  push: (...values: unknown[]) =>
    new Change('$push', each(values.length === 1 && Array.isArray(values[0]) ? values[0] : values)),
  unshift: (...values: unknown[]) =>
    new Change('$push', {
      ...each(values.length === 1 && Array.isArray(values[0]) ? values[0] : values),
      $position: 0,
    }),
  pop: () => new Change('$pop', 1),
  shift: () => new Change('$pop', -1),
  pull: (value: unknown) => new Change('$pull', value instanceof Condition ? value.filter : value),
  pullAll: (values: readonly unknown[]) => new Change('$pullAll', values),
  addToSet: (value: unknown) => new Change('$addToSet', Array.isArray(value) ? each(value) : value),
}
export type Command = typeof command
