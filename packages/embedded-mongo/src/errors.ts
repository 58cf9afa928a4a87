import type { Doc } from './bson/values.ts'

/** MongoDB's error codes that we use, by name (src/mongo/base/error_codes.yml of MongoDB names them). */
export const codes = {
  InternalError: 1,
  BadValue: 2,
  GraphContainsCycle: 5,
  HostUnreachable: 6,
  FailedToParse: 9,
  UserNotFound: 11,
  UnsupportedFormat: 12,
  Unauthorized: 13,
  TypeMismatch: 14,
  Overflow: 15,
  InvalidLength: 16,
  ProtocolError: 17,
  AuthenticationFailed: 18,
  IllegalOperation: 20,
  InvalidBSON: 22,
  LockTimeout: 24,
  NamespaceNotFound: 26,
  IndexNotFound: 27,
  PathNotViable: 28,
  RoleNotFound: 31,
  ImmutableField: 66,
  CannotCreateIndex: 67,
  IndexAlreadyExists: 68,
  InvalidOptions: 72,
  InvalidNamespace: 73,
  IndexOptionsConflict: 85,
  IndexKeySpecsConflict: 86,
  CommandNotFound: 59,
  ConflictingUpdateOperators: 40,
  CursorNotFound: 43,
  NamespaceExists: 48,
  DollarPrefixedFieldName: 52,
  InvalidIdField: 53,
  EmptyFieldName: 56,
  MaxTimeMSExpired: 50,
  ShutdownInProgress: 91,
  WriteConflict: 112,
  CommandNotSupported: 115,
  DocumentValidationFailure: 121,
  NotSingleValueField: 4,
  NoSuchTransaction: 251,
  TransactionTooOld: 225,
  TransactionCommitted: 256,
  OperationNotSupportedInTransaction: 263,
  QueryExceededMemoryLimitNoDiskUseAllowed: 292,
  ChangeStreamHistoryLost: 286,
  ChangeStreamFatalError: 280,
  CursorInUse: 12051,
  ClientMetadataCannotBeMutated: 186,
  IncompleteTransactionHistory: 217,
  InvalidPipelineOperator: 168,
  QueryFeatureNotAllowed: 224,
  NotImplemented: 238,
  ConversionFailure: 241,
  OperationFailed: 96,
  OutOfDiskSpace: 14031,
  BSONObjectTooLarge: 10334,
  DuplicateKey: 11000,
  Interrupted: 11601,
  InvalidIndexSpecificationOption: 197,
  CannotIndexParallelArrays: 171,
  InvalidSessionOptions: 194 as number,
  UnknownApiError: 8,
  CursorKilled: 237,
  NoMatchingDocument: 47,
  InvalidUUID: 207,
  CommandNotSupportedOnView: 166,
  OptionNotSupportedOnView: 167,
  NoQueryExecutionPlans: 291,
  IndexBuildAborted: 276,
  ChangeStreamsNotEnabled: 40573,
  InvalidResumeToken: 260,
  Location10003: 10003,
} as const

export type CodeName = keyof typeof codes
const names = new Map<number, string>(Object.entries(codes).map(([name, code]) => [code, name]))

/** An error with MongoDB's code; `extra` fields are added to the reply. */
export class MongoError extends Error {
  readonly code: number
  readonly codeName: string
  readonly labels: string[]
  readonly extra: Doc | undefined
  constructor(
    code: CodeName | number,
    message: string,
    { labels = [], extra }: { labels?: string[]; extra?: Doc } = {},
  ) {
    super(message)
    this.code = typeof code === 'number' ? code : codes[code]
    this.codeName = typeof code === 'number' ? (names.get(code) ?? `Location${code}`) : code
    this.labels = labels
    this.extra = extra
  }
}

/** For features that MongoDB has and this server does not: refused by name, never ignored. */
export function notSupported(what: string): MongoError {
  return new MongoError(
    'NotImplemented',
    `${what} is not supported by Lathe's embedded database; use a real MongoDB`,
  )
}

/** Search belongs to MongoDB's Atlas; other servers answer so too. */
export function searchNotEnabled(): MongoError {
  return new MongoError(
    31082,
    'Using Atlas Search Database Commands and the $listSearchIndexes aggregation stage requires additional configuration. Please connect to Atlas or an AtlasCLI local deployment to enable.',
  )
}
