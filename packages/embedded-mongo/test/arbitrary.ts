/** Random BSON values for property tests. */
import fc from 'fast-check'
import { DECIMAL_NAN, Decimal, finite } from '../src/bson/decimal.ts'
import {
  Binary,
  BsonSymbol,
  Code,
  DateTime,
  type Doc,
  Int32,
  MAX_KEY,
  MIN_KEY,
  ObjectId,
  Regex,
  Timestamp,
  type Value,
} from '../src/bson/values.ts'

const bytes = (n: number) => fc.uint8Array({ minLength: n, maxLength: n }).map((b) => new Uint8Array(b))
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom('', 'a', 'ab', 'a\0', 'a\0b', '\u{1F600}', '\uE000', 'B', 'ä'),
)

const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(0n, 1n, -1n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n)),
  fc.bigInt({ min: -5n, max: 5n }),
)
const doubles = fc.oneof(
  fc.double(),
  fc.constantFrom(
    0,
    -0,
    1,
    1.5,
    0.1,
    2 ** 53,
    2 ** 63,
    -(2 ** 63),
    5e-324,
    Number.MAX_VALUE,
    Infinity,
    -Infinity,
    Number.NaN,
  ),
  fc.integer({ min: -5, max: 5 }),
)
const decimals = fc.oneof(
  fc
    .tuple(
      fc.bigInt({ min: -(10n ** 34n) + 1n, max: 10n ** 34n - 1n }),
      fc.integer({ min: -6176, max: 6111 }),
    )
    .map(([c, e]) => finite(c, e)),
  fc.tuple(fc.bigInt({ min: -50n, max: 50n }), fc.integer({ min: -2, max: 2 })).map(([c, e]) => finite(c, e)),
  fc.constantFrom(
    finite(1n, -1),
    finite(9007199254740993n, 0),
    finite(18446744073709551617n, -1),
    new Decimal('inf', false),
    new Decimal('inf', true),
    DECIMAL_NAN,
  ),
)

export const numbers: fc.Arbitrary<Value> = fc.oneof(
  doubles,
  int64,
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).map((n) => new Int32(n)),
  fc.integer({ min: -5, max: 5 }).map((n) => new Int32(n)),
  decimals,
)

export const scalars: fc.Arbitrary<Value> = fc.oneof(
  { weight: 4, arbitrary: numbers },
  { weight: 3, arbitrary: text },
  fc.constant(null),
  fc.boolean(),
  bytes(12).map((b) => new ObjectId(b)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((ms) => new DateTime(ms)),
  fc.integer({ min: -3, max: 3 }).map((ms) => new DateTime(ms)),
  fc
    .tuple(fc.uint8Array({ maxLength: 3 }), fc.constantFrom(0, 4, 128))
    .map(([b, s]) => new Binary(new Uint8Array(b), s)),
  fc.tuple(fc.nat(3), fc.nat(3)).map(([t, i]) => new Timestamp(t, i)),
  fc.constantFrom(new Regex('a', ''), new Regex('a', 'i'), new Regex('b', '')),
  fc.constantFrom(new Code('x'), new Code('x', new Map()), new BsonSymbol('a')),
  fc.constantFrom(MIN_KEY, MAX_KEY),
)

const names = fc.constantFrom('a', 'b', '1', '', '__proto__', 'constructor')

export const { value: anyValue } = fc.letrec<{ value: Value; doc: Doc; array: Value[] }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 5, arbitrary: scalars },
    tie('doc'),
    tie('array'),
  ),
  doc: fc.array(fc.tuple(names, tie('value')), { maxLength: 3 }).map((entries) => new Map(entries)),
  array: fc.array(tie('value'), { maxLength: 3 }),
}))
