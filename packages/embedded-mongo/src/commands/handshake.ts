/** hello, saslStart, saslContinue, logout. */
import { authenticationFailed, isMechanism, ScramConversation } from '../auth/scram.ts'
import { asInteger } from '../bson/types.ts'
import { Binary, DateTime, type Doc, doc, int, isDoc } from '../bson/values.ts'
import { MongoError } from '../errors.ts'
import { MAX_DOCUMENT_BYTES } from '../storage/records.ts'
import { MAX_MESSAGE_BYTES } from '../wire/message.ts'
import type { Command, Request } from './command.ts'

export const WIRE_VERSION = 25
const SET_NAME = 'lathe'
export const MAX_WRITE_BATCH = 100_000

async function hello(request: Request): Promise<Doc> {
  const { args, client, services, name, db } = request
  const metadata = args.optionalDoc('client')
  if (metadata) client.rememberMetadata(metadata)
  const reply = doc({
    helloOk: true,
    [name === 'hello' ? 'isWritablePrimary' : 'ismaster']: true,
    // A replica set of one member: what sessions, retryable writes, transactions and change streams need.
    setName: SET_NAME,
    setVersion: int(1),
    secondary: false,
    hosts: [services.address()],
    primary: services.address(),
    me: services.address(),
    maxBsonObjectSize: int(MAX_DOCUMENT_BYTES),
    maxMessageSizeBytes: int(MAX_MESSAGE_BYTES),
    maxWriteBatchSize: int(MAX_WRITE_BATCH),
    localTime: new DateTime(Date.now()),
    logicalSessionTimeoutMinutes: int(30),
    connectionId: int(client.id),
    minWireVersion: int(0),
    maxWireVersion: int(WIRE_VERSION),
    readOnly: false,
  })
  const wanted = args.optionalString('saslSupportedMechs')
  if (wanted !== undefined) {
    const dot = wanted.indexOf('.')
    const user = services.users.find(wanted.slice(0, dot), wanted.slice(dot + 1))
    reply.set('saslSupportedMechs', user ? Object.keys(user.credentials) : [])
  }
  const speculative = args.optionalDoc('speculativeAuthenticate')
  if (speculative) {
    const answer = speculate(request, speculative, String(speculative.get('db') ?? db))
    if (answer) reply.set('speculativeAuthenticate', answer)
  }
  reply.set('ok', 1)
  return reply
}

/** A first step of SASL inside hello; failures are left to the real attempt. */
function speculate(request: Request, spec: Doc, db: string): Doc | undefined {
  if (!spec.has('saslStart')) return undefined
  try {
    return start(request, spec, db)
  } catch (error) {
    if (error instanceof MongoError) return undefined
    throw error
  }
}

function payloadOf(body: Doc): string {
  const payload = body.get('payload')
  if (payload instanceof Binary) return Buffer.from(payload.bytes).toString()
  if (typeof payload === 'string') return payload
  throw new MongoError('BadValue', 'SASL payload must be binary data')
}

function sasl(conversationId: number, done: boolean, payload: string): Doc {
  return doc({
    conversationId: int(conversationId),
    done,
    payload: new Binary(new Uint8Array(Buffer.from(payload))),
    ok: 1,
  })
}

function start({ client, services }: Request, body: Doc, db: string): Doc {
  const mechanism = body.get('mechanism')
  if (!isMechanism(mechanism)) throw new MongoError(334, `Unsupported SASL mechanism ${String(mechanism)}`)
  const conversation = new ScramConversation(mechanism, db)
  const payload = conversation.first(
    payloadOf(body),
    (name) => services.users.find(db, name)?.credentials[mechanism],
    services.users.fakeSalt(mechanism),
  )
  client.conversation = conversation
  client.conversationId += 1
  const options = body.get('options')
  client.skipEmptyExchange = isDoc(options) && options.get('skipEmptyExchange') === true
  return sasl(client.conversationId, false, payload)
}

function continueSasl({ client, args }: Request): Doc {
  const { conversation } = client
  if (asInteger(args.get('conversationId')) !== client.conversationId) {
    throw new MongoError('ProtocolError', 'sasl: Mismatched conversation id')
  }
  if (!conversation) {
    // The empty exchange after a success, which older clients make.
    if (client.authenticated && payloadOf(args.body) === '') return sasl(client.conversationId, true, '')
    throw new MongoError('ProtocolError', 'No SASL session state found')
  }
  client.conversation = undefined
  const payload = conversation.final(payloadOf(args.body))
  // The user may have been dropped between the two steps.
  if (!client.services.users.find(conversation.db, conversation.user)) throw authenticationFailed()
  client.signIn(conversation.db, conversation.user)
  return sasl(client.conversationId, client.skipEmptyExchange, payload)
}

const HELLO_FIELDS = [
  'client',
  'helloOk',
  'saslSupportedMechs',
  'speculativeAuthenticate',
  'compression',
  'hostInfo',
  'topologyVersion',
  'maxAwaitTimeMS',
  'loadBalanced',
  'backpressure',
]

const helloCommand: Command = { fields: HELLO_FIELDS, privilege: () => 'none', run: hello }

export const handshakeCommands: Record<string, Command> = {
  hello: helloCommand,
  isMaster: helloCommand,
  ismaster: helloCommand,
  saslStart: {
    fields: ['mechanism', 'payload', 'autoAuthorize', 'options'],
    privilege: () => 'none',
    run: (request) => start(request, request.args.body, request.db),
  },
  saslContinue: { fields: ['conversationId', 'payload'], privilege: () => 'none', run: continueSasl },
  logout: {
    fields: [],
    privilege: () => 'none',
    run: ({ client }) => {
      client.signOut()
      return doc({ ok: 1 })
    },
  },
}
