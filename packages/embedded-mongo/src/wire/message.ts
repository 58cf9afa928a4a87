/**
 * MongoDB's wire protocol: OP_MSG, and OP_QUERY for the first hello (mongodb.com/docs/manual/reference/mongodb-wire-protocol).
 * A frame that breaks the protocol throws {@link ProtocolViolation}: the connection is closed.
 */
import { decode } from '../bson/decode.ts'
import { encode } from '../bson/encode.ts'
import type { Doc } from '../bson/values.ts'
import { crc32c } from './crc32c.ts'

export const MAX_MESSAGE_BYTES = 48_000_000
export const HEADER_BYTES = 16
const OP_REPLY = 1
const OP_QUERY = 2004
const OP_MSG = 2013
const CHECKSUM_PRESENT = 1
const MORE_TO_COME = 2
const EXHAUST_ALLOWED = 1 << 16

export class ProtocolViolation extends Error {}

export interface Message {
  readonly requestId: number
  readonly legacy: boolean
  /** The client wants no answer. */
  readonly fireAndForget: boolean
  readonly body: Doc
  /** Document sequences by field name; their documents are slices of the frame, not yet decoded. */
  readonly sequences: ReadonlyMap<string, Uint8Array[]>
  /** Database that an OP_QUERY names in its collection. */
  readonly legacyDb: string | undefined
}

/** The length that a frame announces; throws when it cannot be. */
export function frameLength(header: Buffer, limit: number): number {
  const length = header.readInt32LE(0)
  if (length < HEADER_BYTES || length > limit) throw new ProtocolViolation(`message of ${length} bytes`)
  return length
}

export function parseMessage(frame: Buffer): Message {
  const requestId = frame.readInt32LE(4)
  const opCode = frame.readInt32LE(12)
  if (opCode === OP_MSG) return parseMsg(frame, requestId)
  if (opCode === OP_QUERY) return parseQuery(frame, requestId)
  throw new ProtocolViolation(`opcode ${opCode} is not supported`)
}

function parseMsg(whole: Buffer, requestId: number): Message {
  if (whole.length < HEADER_BYTES + 4) throw new ProtocolViolation('short message')
  const flags = whole.readUInt32LE(16)
  // The low 16 bits are required: an unknown one must not be ignored.
  if (flags & 0xffff & ~(CHECKSUM_PRESENT | MORE_TO_COME))
    throw new ProtocolViolation(`unknown required flags ${flags}`)
  if (flags & ~(0xffff | EXHAUST_ALLOWED)) throw new ProtocolViolation(`unknown flags ${flags}`)
  let frame = whole
  if (flags & CHECKSUM_PRESENT) {
    if (whole.length < HEADER_BYTES + 8) throw new ProtocolViolation('short message')
    frame = whole.subarray(0, whole.length - 4)
    if (crc32c(frame) !== whole.readUInt32LE(whole.length - 4)) throw new ProtocolViolation('bad checksum')
  }
  let body: Doc | undefined
  const sequences = new Map<string, Uint8Array[]>()
  let at = HEADER_BYTES + 4
  while (at < frame.length) {
    const kind = frame[at]!
    at += 1
    if (kind === 0) {
      if (body) throw new ProtocolViolation('two bodies')
      const end = documentEnd(frame, at, frame.length)
      body = decode(frame.subarray(at, end))
      at = end
    } else if (kind === 1) {
      at = parseSequence(frame, at, sequences)
    } else throw new ProtocolViolation(`section kind ${kind}`)
  }
  if (!body) throw new ProtocolViolation('no body')
  for (const name of sequences.keys())
    if (body.has(name)) throw new ProtocolViolation(`field ${name} is given twice`)
  return {
    requestId,
    legacy: false,
    fireAndForget: (flags & MORE_TO_COME) !== 0,
    body,
    sequences,
    legacyDb: undefined,
  }
}

function documentEnd(frame: Buffer, at: number, limit: number): number {
  if (at + 5 > limit) throw new ProtocolViolation('truncated document')
  const length = frame.readInt32LE(at)
  if (length < 5 || at + length > limit) throw new ProtocolViolation(`document of ${length} bytes`)
  return at + length
}

function parseSequence(frame: Buffer, start: number, into: Map<string, Uint8Array[]>): number {
  if (start + 4 > frame.length) throw new ProtocolViolation('truncated section')
  const size = frame.readInt32LE(start)
  const end = start + size
  if (size < 5 || end > frame.length) throw new ProtocolViolation(`section of ${size} bytes`)
  const zero = frame.indexOf(0, start + 4)
  if (zero < 0 || zero >= end) throw new ProtocolViolation('section without a name')
  const name = frame.toString('utf8', start + 4, zero)
  if (into.has(name)) throw new ProtocolViolation(`section ${name} is given twice`)
  const documents: Uint8Array[] = []
  let at = zero + 1
  while (at < end) {
    const next = documentEnd(frame, at, end)
    documents.push(frame.subarray(at, next))
    at = next
  }
  into.set(name, documents)
  return end
}

function parseQuery(frame: Buffer, requestId: number): Message {
  const zero = frame.indexOf(0, 20)
  if (zero < 0 || zero + 9 > frame.length) throw new ProtocolViolation('truncated query')
  const [db, ...rest] = frame.toString('utf8', 20, zero).split('.')
  if (rest.join('.') !== '$cmd') throw new ProtocolViolation('only commands are answered')
  const at = zero + 9
  const end = documentEnd(frame, at, frame.length)
  const body = decode(frame.subarray(at, end))
  return { requestId, legacy: true, fireAndForget: false, body, sequences: new Map(), legacyDb: db }
}

let nextRequestId = 1

/** The frame that answers `message`. */
export function encodeReply(message: Pick<Message, 'requestId' | 'legacy'>, reply: Doc): Buffer {
  const document = encode(reply)
  const prefix = message.legacy ? 20 : 5
  const out = Buffer.allocUnsafe(HEADER_BYTES + prefix + document.length)
  out.writeInt32LE(out.length, 0)
  out.writeInt32LE(nextRequestId, 4)
  nextRequestId = (nextRequestId + 1) & 0x7fffffff
  out.writeInt32LE(message.requestId, 8)
  if (message.legacy) {
    out.writeInt32LE(OP_REPLY, 12)
    out.writeInt32LE(8, 16) // AwaitCapable
    out.writeBigInt64LE(0n, 20)
    out.writeInt32LE(0, 28)
    out.writeInt32LE(1, 32)
  } else {
    out.writeInt32LE(OP_MSG, 12)
    out.writeUInt32LE(0, 16)
    out[20] = 0
  }
  out.set(document, HEADER_BYTES + prefix)
  return out
}
