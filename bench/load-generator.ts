// A process that sends requests over keep-alive connections, one at a time on each, and prints what it saw as JSON.
// It reads just enough of each answer to find its end, so that it costs less than what it measures.
import { type NetConnectOpts, Socket } from 'node:net'
import { createHistogram } from 'node:perf_hooks'
import type { LoadPlan, LoadResult } from './lib/load.ts'

const plan: LoadPlan = JSON.parse(process.argv[2]!)
const request = Buffer.from(requestText())
const latencies = createHistogram()
const buffer = Buffer.allocUnsafeSlow(256 * 1024)
let requests = 0
let errors = 0
let running = true

interface Connection {
  socket: Socket
  /** When the request in flight was sent, or should have been; 0 when idle. */
  since: number
  /** Bytes of the answer that are still to come, CHUNKED, or null while its head is awaited. */
  left: number | null
  /** The last characters of an answer in chunked coding. */
  tail: string
  /** The server has said that it closes the connection. */
  closes: boolean
}

const CHUNKED = Number.POSITIVE_INFINITY
/** No body that is sent here has this in it, so it is the end. */
const LAST_CHUNK = '0\r\n\r\n'

const idle: Connection[] = []
/** At a fixed rate: when requests are due that found no idle connection. */
const due: number[] = []

function send(connection: Connection, since: number): void {
  connection.since = since
  connection.left = null
  connection.tail = ''
  connection.socket.write(request)
}

function answered(connection: Connection, good: boolean): void {
  latencies.record(Math.max(1, Math.round((performance.now() - connection.since) * 1000)))
  if (good) requests++
  else errors++
  connection.since = 0
  if (!running) return
  if (connection.closes) {
    connection.socket.destroy()
    void open().then(next)
  } else next(connection)
}

/** Sends the next request, or waits until it is due. */
function next(connection: Connection): void {
  if (plan.rate === null) send(connection, performance.now())
  else if (due.length > 0) send(connection, due.shift()!)
  else idle.push(connection)
}

function receive(connection: Connection, bytes: Buffer): void {
  if (connection.left !== null) {
    take(connection, bytes)
    return
  }
  const end = bytes.indexOf('\r\n\r\n', 0, 'latin1')
  const head = bytes.toString('latin1', 0, end)
  const length = /content-length: *(\d+)/i.exec(head)
  const chunked = /transfer-encoding: *chunked/i.test(head)
  if (end < 0 || !(length || chunked))
    throw new Error(`an answer that the load generator cannot read: ${head}`)
  if (!head.startsWith('HTTP/1.1 200')) {
    answered(connection, false)
    return
  }
  connection.closes = /connection: *close/i.test(head)
  connection.left = chunked ? CHUNKED : Number(length![1])
  take(connection, bytes.subarray(end + 4))
}

/** Takes part of an answer's body. */
function take(connection: Connection, bytes: Buffer): void {
  if (connection.left === CHUNKED) {
    const last = bytes.toString('latin1', Math.max(0, bytes.length - LAST_CHUNK.length))
    connection.tail = (connection.tail + last).slice(-LAST_CHUNK.length)
    if (connection.tail === LAST_CHUNK) answered(connection, true)
    return
  }
  connection.left! -= bytes.length
  if (connection.left! <= 0) answered(connection, true)
}

function open(): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const connection: Connection = {
      since: 0,
      left: null,
      tail: '',
      closes: false,
      socket: new Socket({
        onread: {
          buffer,
          callback: (length) => {
            receive(connection, buffer.subarray(0, length))
            return true
          },
        },
      }),
    }
    connection.socket.setNoDelay(true)
    connection.socket.once('error', reject)
    connection.socket.on('close', () => {
      if (running && connection.since) errors++
    })
    connection.socket.connect(plan.target as NetConnectOpts, () => resolve(connection))
  })
}

const connections = await Promise.all(Array.from({ length: plan.connections }, open))
const startedAt = performance.now()
if (plan.rate === null) {
  for (const connection of connections) send(connection, performance.now())
} else {
  idle.push(...connections)
  let dueAt = startedAt
  const gap = 1000 / plan.rate
  const pace = () => {
    for (; dueAt <= performance.now(); dueAt += gap) {
      // Latency counts from when a request was due: a stall is seen by all that it delays.
      const connection = idle.pop()
      if (connection) send(connection, dueAt)
      else due.push(dueAt)
    }
    if (running) setTimeout(pace, 1)
  }
  pace()
}
setTimeout(() => {
  running = false
  const result: LoadResult = {
    requests,
    errors,
    seconds: (performance.now() - startedAt) / 1000,
    p50Ms: latencies.percentile(50) / 1000,
    p99Ms: latencies.percentile(99) / 1000,
  }
  process.stdout.write(JSON.stringify(result), () => process.exit(0))
}, plan.seconds * 1000)

function requestText(): string {
  const head = `${plan.method} ${plan.path} HTTP/1.1\r\nHost: ${plan.host}\r\n`
  if (!plan.body) return `${head}\r\n`
  const { kind, bytes } = plan.body
  const body = kind === 'json' ? JSON.stringify({ text: 'x'.repeat(bytes - 11) }) : 'x'.repeat(bytes)
  const type = kind === 'json' ? 'application/json' : 'application/octet-stream'
  return `${head}Content-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}
