import { type Doc, doc, isDoc } from '../bson/values.ts'
import { MongoError } from '../errors.ts'
import { queryContext } from '../query/context.ts'
import { matches } from '../query/filter.ts'
import { parseQuery } from '../query/parse.ts'

/** `moderate` lets documents stay invalid that were so before; `warn` only logs. */
export interface Validator {
  readonly level: 'off' | 'strict' | 'moderate'
  readonly action: 'error' | 'warn'
  readonly rule: Doc
  accepts(document: Doc): boolean
}

/** The validator in a collection's options, if any. Throws on a rule that cannot be parsed. */
export function compileValidator(options: Doc): Validator | undefined {
  const rule = options.get('validator')
  if (rule === undefined) return undefined
  if (!isDoc(rule)) throw new MongoError('TypeMismatch', 'validator must be an object')
  if (rule.size === 0) return undefined
  const level = options.get('validationLevel') ?? 'strict'
  const action = options.get('validationAction') ?? 'error'
  if (level !== 'off' && level !== 'strict' && level !== 'moderate') {
    throw new MongoError('BadValue', `Invalid validation level: ${String(level)}`)
  }
  if (action !== 'error' && action !== 'warn') {
    throw new MongoError('BadValue', `Invalid validation action: ${String(action)}`)
  }
  const filter = parseQuery(rule, queryContext())
  return { level, action, rule, accepts: (document) => matches(filter, document) }
}

/** Refuses a document that breaks the rule, unless the rule's level or action lets it pass. */
export function validate(validator: Validator | undefined, next: Doc, previous: Doc | undefined): void {
  if (!validator || validator.level === 'off' || validator.action === 'warn') return
  if (validator.accepts(next)) return
  if (validator.level === 'moderate' && previous && !validator.accepts(previous)) return
  const [operatorName] = validator.rule.keys()
  const details = doc({ operatorName, specifiedAs: validator.rule })
  throw new MongoError('DocumentValidationFailure', 'Document failed validation', {
    extra: doc({ errInfo: doc({ failingDocumentId: next.get('_id'), details }) }),
  })
}
