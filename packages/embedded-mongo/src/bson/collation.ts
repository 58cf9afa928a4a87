import { MongoError, notSupported } from '../errors.ts'
import type { StringOrder } from './compare.ts'
import { type Doc, Int32, isDoc, type Value } from './values.ts'

export interface Collation {
  /** The specification as it was given. */
  readonly spec: Doc
  readonly order: StringOrder
}

const SENSITIVITY: Record<number, 'base' | 'accent' | 'variant'> = { 1: 'base', 2: 'accent', 3: 'variant' }

/** Reads a collation specification; undefined for the simple (binary) one. Strength 4 and 5 are refused. */
export function parseCollation(value: Value | undefined): Collation | undefined {
  if (value === undefined) return undefined
  if (!isDoc(value)) throw new MongoError('TypeMismatch', 'collation must be an object')
  if (value.size === 0) return undefined
  const locale = value.get('locale')
  if (typeof locale !== 'string')
    throw new MongoError(40414, "BSON field 'collation.locale' is missing but a required field")
  let strength = 3
  let caseLevel = false
  const options: Intl.CollatorOptions = { usage: 'sort' }
  for (const [key, v] of value) {
    switch (key) {
      case 'locale':
      case 'version':
        break
      case 'strength':
        strength = v instanceof Int32 ? v.value : Number(v)
        if (!(strength >= 1 && strength <= 5))
          throw new MongoError('BadValue', `invalid collation strength ${strength}`)
        if (strength > 3) throw notSupported(`collation strength ${strength}`)
        break
      case 'caseLevel':
        caseLevel = v === true
        break
      case 'caseFirst':
        if (v !== 'off' && v !== 'upper' && v !== 'lower')
          throw new MongoError('BadValue', 'invalid caseFirst')
        options.caseFirst = v === 'off' ? 'false' : v
        break
      case 'numericOrdering':
        options.numeric = v === true
        break
      case 'alternate':
        if (v !== 'non-ignorable' && v !== 'shifted') throw new MongoError('BadValue', 'invalid alternate')
        options.ignorePunctuation = v === 'shifted'
        break
      case 'maxVariable':
        break
      case 'normalization':
        break
      case 'backwards':
        if (v === true) throw notSupported('collation option backwards')
        break
      default:
        throw new MongoError(40415, `BSON field 'collation.${key}' is an unknown field.`)
    }
  }
  if (locale === 'simple') return undefined
  options.sensitivity = caseLevel && strength === 1 ? 'case' : SENSITIVITY[strength]!
  let collator: Intl.Collator
  try {
    if (Intl.Collator.supportedLocalesOf(locale.replaceAll('_', '-')).length === 0)
      throw new RangeError(locale)
    collator = new Intl.Collator(locale.replaceAll('_', '-'), options)
  } catch {
    throw new MongoError('BadValue', `Field 'locale' is invalid in: { locale: "${locale}" }`)
  }
  return { spec: value, order: (a, b) => (a === b ? 0 : collator.compare(a, b)) }
}
